# A sandbox machine has this computer's kernel and no boot loader: their options are accepted and do
# nothing.
{ lib, ... }:
{
  options.boot = lib.mkOption {
    type = lib.types.attrs;
    default = { };
    description = "Kernel and boot loader.";
  };
}
