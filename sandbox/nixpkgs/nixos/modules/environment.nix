# Files below /etc, and programs in the system's path.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  file =
    { name, config, ... }:
    {
      options = {
        target = lib.mkOption {
          type = lib.types.str;
          default = name;
          description = "Path of the file below /etc.";
        };
        text = lib.mkOption {
          type = lib.types.nullOr lib.types.lines;
          default = null;
          description = "Text of the file.";
        };
        source = lib.mkOption {
          type = lib.types.path;
          default = pkgs.writeText "etc-${baseNameOf name}" config.text;
          description = "Store path of the file.";
        };
        mode = lib.mkOption {
          type = lib.types.strMatching "symlink|0[0-7]{3}";
          default = "symlink";
          description = "Mode of a copy of the file, or symlink for a link into the store.";
        };
      };
    };
  files = lib.attrValues config.environment.etc;
in
{
  options.environment = {
    etc = lib.mkOption {
      type = lib.types.attrsOf (lib.types.submodule file);
      default = { };
      description = "Files below /etc.";
    };
    systemPackages = lib.mkOption {
      type = lib.types.listOf lib.types.package;
      default = [ ];
      description = "Packages in the system's path.";
    };
    pathsToLink = lib.mkOption {
      type = lib.types.listOf lib.types.str;
      default = [ ];
      description = "Folders of packages whose files are in the system's path.";
    };
  };

  config.environment.pathsToLink = [
    "/bin"
    "/lib"
    "/sbin"
  ];

  config.system.build = {
    etc = pkgs.runCommand "etc" { } ''
      mkdir -p "$out/etc"
      ${lib.concatMapStringsSep "\n" (
        file:
        let
          target = "$out/etc/${lib.escapeShellArg file.target}";
        in
        ''
          mkdir -p "$(dirname ${target})"
          ln -s ${file.source} ${target}
          ${lib.optionalString (file.mode != "symlink") "echo ${file.mode} > ${target}.mode"}
        ''
      ) files}
    '';
    path = pkgs.buildEnv {
      name = "system-path";
      paths = config.environment.systemPackages;
      inherit (config.environment) pathsToLink;
      ignoreCollisions = true;
    };
  };
}
