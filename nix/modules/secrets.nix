# Puts the secrets that a deployer left on the machine back into memory at boot.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  restore = pkgs.writeShellApplication {
    name = "nixos-secrets";
    text = builtins.readFile ./secrets.sh;
  };
in
{
  _file = ./secrets.nix;
  key = ./secrets.nix;

  systemd.services.nixos-secrets = {
    description = "Secrets in /run/secrets";
    wantedBy = [ "sysinit.target" ];
    # Every service that does not say otherwise starts after sysinit.target; at a switch, after the other.
    requiredBy = [ "sysinit-reactivation.target" ];
    before = [
      "sysinit.target"
      "sysinit-reactivation.target"
      "shutdown.target"
    ];
    conflicts = [ "shutdown.target" ];
    after = [
      "local-fs.target"
      "systemd-sysusers.service"
      "userborn.service"
    ];
    unitConfig.DefaultDependencies = false;

    # A user that a system brings along becomes the owner of its secrets at the switch to it.
    restartTriggers = [
      (lib.attrNames config.users.users)
      (lib.attrNames config.users.groups)
    ];

    serviceConfig = {
      Type = "oneshot";
      RemainAfterExit = true;
      ExecStart = "${lib.getExe restore} restore";
    };
  };
}
