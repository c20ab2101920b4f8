# What a QEMU machine has. The machine itself is not built here.
{ lib, pkgs, ... }:
let
  inherit (lib) mkOption types;
in
{
  options = {
    services.getty.autologinUser = mkOption {
      type = types.nullOr types.str;
      default = null;
      description = "User that the console logs in.";
    };
    virtualisation = {
      graphics = mkOption {
        type = types.bool;
        default = true;
        description = "Whether the machine has a screen of its own.";
      };
      diskImage = mkOption {
        type = types.nullOr types.str;
        default = "./nixos.qcow2";
        description = "File that keeps the machine's disk.";
      };
      forwardPorts = mkOption {
        type = types.listOf types.attrs;
        default = [ ];
        description = "Ports of the host that lead to the machine.";
      };
    };
  };
  config.system.build.vm = pkgs.absent "qemu-vm";
}
