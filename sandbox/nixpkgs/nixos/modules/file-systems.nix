# File systems that are mounted once their device is there. The root is mounted from outside.
{
  config,
  lib,
  ...
}:
let
  inherit (lib) mkOption types;

  fileSystem =
    { name, ... }:
    {
      options = {
        mountPoint = mkOption {
          type = types.str;
          default = name;
          description = "Where it is mounted.";
        };
        device = mkOption {
          type = types.str;
          description = "What is mounted.";
        };
        fsType = mkOption {
          type = types.str;
          default = "auto";
          description = "Type of the file system.";
        };
        autoFormat = mkOption {
          type = types.bool;
          default = false;
          description = "Whether a blank device is formatted.";
        };
        options = mkOption {
          type = types.listOf types.str;
          default = [ "defaults" ];
          description = "Options for mount.";
        };
      };
    };

  # Of the options some are for systemd, which waits for the device, and not for mount.
  isForMount = option: option != "nofail" && !lib.hasPrefix "x-systemd." option;
  mountOptions =
    fs:
    lib.concatStringsSep "," ([ "rw" ] ++ lib.filter (o: isForMount o && o != "defaults") fs.options);

  unitOf = fs: "mount${lib.replaceStrings [ "/" ] [ "-" ] fs.mountPoint}";
  mounted = lib.filter (fs: fs.mountPoint != "/") (lib.attrValues config.fileSystems);
in
{
  options.fileSystems = mkOption {
    type = types.attrsOf (types.submodule fileSystem);
    default = { };
    description = "File systems to mount.";
  };

  config.systemd.services = lib.listToAttrs (
    map (
      fs:
      lib.nameValuePair (unitOf fs) {
        description = "Mount ${fs.mountPoint} when ${fs.device} is there";
        wantedBy = [ "multi-user.target" ];
        serviceConfig = {
          Type = "exec";
          RemainAfterExit = true;
        };
        script = ''
          mountpoint -q ${fs.mountPoint} && exit 0
          until [ -b ${fs.device} ]; do sleep 0.2; done
          ${lib.optionalString fs.autoFormat "blkid ${fs.device} > /dev/null || mkfs.${fs.fsType} -q ${fs.device}"}
          mkdir -p ${fs.mountPoint}
          exec mount -t ${fs.fsType} -o ${mountOptions fs} ${fs.device} ${fs.mountPoint}
        '';
      }
    ) mounted
  );
}
