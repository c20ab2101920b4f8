# The system itself: what a machine's profile points at.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  label = "nixos-system-${
    if config.networking.hostName == "" then "unnamed" else config.networking.hostName
  }-sandbox";
in
{
  options = {
    nixpkgs.hostPlatform = mkOption {
      type = types.str;
      description = "Kind of computer that the system runs on, such as x86_64-linux.";
    };
    system.stateVersion = mkOption {
      type = types.str;
      description = "NixOS release whose data formats the machine keeps.";
    };
    system.build = mkOption {
      type = types.lazyAttrsOf types.raw;
      default = { };
      description = "Derivations that make up the system.";
    };
  };

  config.system.build.toplevel =
    pkgs.runCommand label
      {
        inherit (config.system.build) etc path;
        activation = ../activation;
        # Asked for, so that it has to be set.
        inherit (config.system) stateVersion;
        platform = config.nixpkgs.hostPlatform;
      }
      ''
        mkdir -p "$out/bin"
        ln -s "$etc/etc" "$out/etc"
        ln -s "$path" "$out/sw"
        install() {
          sed "s,@system@,$out,g; s,@activation@,$activation,g" "$activation/$1" > "$out/$2"
          chmod +x "$out/$2"
        }
        install activate.py activate
        install init.sh init
        install switch-to-configuration.sh bin/switch-to-configuration
        printf %s "$platform" > "$out/system"
        printf %s "$stateVersion" > "$out/nixos-version"
      '';
}
