# A data volume of an Amazon EC2 instance: formatted if it is blank, mounted wherever it is attached.
{ config, lib, ... }:
let
  volume = config.ec2.dataVolume;
in
{
  _file = ./data-volume.nix;
  key = ./data-volume.nix;

  options.ec2.dataVolume = lib.mkOption {
    type = lib.types.nullOr (
      lib.types.submodule {
        options = {
          device = lib.mkOption {
            type = lib.types.str;
            example = "/dev/sdf";
            description = "Device name under which EC2 attaches the volume.";
          };
          mountPoint = lib.mkOption {
            type = lib.types.str;
            example = "/data";
            description = "Where the volume is mounted.";
          };
        };
      }
    );
    default = null;
    description = "An EBS volume that outlives the machine.";
  };

  config = lib.mkIf (volume != null) {
    fileSystems.${volume.mountPoint} = {
      inherit (volume) device;
      fsType = "ext4";
      autoFormat = true;
      # EC2 attaches it when the machine is already booting.
      options = [
        "nofail"
        "x-systemd.device-timeout=5min"
      ];
    };
  };
}
