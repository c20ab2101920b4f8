# A sandbox machine has this computer's kernel and no boot loader: options that only they have are
# accepted and do nothing.
{ lib, ... }:
let
  ignored =
    description:
    lib.mkOption {
      type = lib.types.attrs;
      default = { };
      inherit description;
    };
in
{
  options = {
    boot = ignored "Kernel and boot loader.";
    fileSystems = ignored "File systems; a sandbox machine's are set from outside.";
  };
}
