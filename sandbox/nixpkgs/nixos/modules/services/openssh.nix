# The SSH server: the machine's own sshd with a configuration of the system's.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.services.openssh;
  value = setting: if lib.isBool setting then (if setting then "yes" else "no") else toString setting;
  settings = {
    AuthorizedKeysFile = "%h/.ssh/authorized_keys /etc/ssh/authorized_keys.d/%u";
    HostKey = "/etc/ssh/ssh_host_ed25519_key";
    Subsystem = "sftp internal-sftp";
    UsePAM = false;
  }
  // cfg.settings;
in
{
  options.services.openssh = {
    enable = lib.mkEnableOption "the OpenSSH secure shell daemon";
    openFirewall = mkOption {
      type = types.bool;
      default = true;
      description = "Whether to open the server's ports in the firewall.";
    };
    ports = mkOption {
      type = types.listOf types.port;
      default = [ 22 ];
      description = "Ports that the server listens on.";
    };
    settings = mkOption {
      type = types.attrsOf (types.oneOf [ types.bool types.int types.str ]);
      default = { };
      description = "Settings as in sshd_config(5).";
    };
  };

  config = lib.mkIf cfg.enable {
    networking.firewall.allowedTCPPorts = lib.mkIf cfg.openFirewall cfg.ports;
    environment.etc."ssh/sshd_config".text = lib.concatStrings (
      map (port: "Port ${toString port}\n") cfg.ports
      ++ lib.mapAttrsToList (name: setting: "${name} ${value setting}\n") settings
    );
    systemd.services.sshd = {
      description = "SSH Daemon";
      wantedBy = [ "multi-user.target" ];
      after = [ "network.target" ];
      # Restarted after the activation, in one go: sessions live on, the deployment's among them.
      stopIfChanged = false;
      restartTriggers = [ config.environment.etc."ssh/sshd_config".source ];
      preStart = ''
        [ -s ${settings.HostKey} ] || ssh-keygen -q -t ed25519 -N "" -C "" -f ${settings.HostKey}
        /usr/sbin/sshd -t
      '';
      serviceConfig = {
        Type = "notify";
        ExecStart = "/usr/sbin/sshd -D -f /etc/ssh/sshd_config";
        KillMode = "process";
        Restart = "always";
        RuntimeDirectory = "sshd";
      };
    };
  };
}
