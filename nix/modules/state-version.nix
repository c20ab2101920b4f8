# The NixOS release whose defaults stateful services keep. Machines that run depend on it: leave it.
{ lib, ... }:
{
  system.stateVersion = lib.mkDefault "26.05";
}
