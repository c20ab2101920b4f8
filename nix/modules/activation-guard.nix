# Goes on with an activation that a deployer left on the machine before its reboot: the system that the
# machine booted is confirmed, or the machine goes back.
let
  guard = "/nix/var/nix/nixos-activation-guard/resume";
in
{
  _file = ./activation-guard.nix;
  key = ./activation-guard.nix;

  systemd.services.nixos-activation-guard = {
    description = "Guard of an activation by reboot";
    wantedBy = [ "multi-user.target" ];
    restartIfChanged = false;
    unitConfig.ConditionPathExists = guard;
    serviceConfig = {
      Type = "oneshot";
      ExecStart = "/bin/sh ${guard}";
    };
  };
}
