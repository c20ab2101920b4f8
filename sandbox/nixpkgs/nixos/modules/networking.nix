# The host's name and its firewall, which nftables is.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  cfg = config.networking;
  tcpPorts = lib.concatMapStringsSep ", " toString (lib.unique cfg.firewall.allowedTCPPorts);

  rules = pkgs.writeText "nixos-fw.nft" ''
    table inet nixos-fw
    delete table inet nixos-fw
    table inet nixos-fw {
      chain input {
        type filter hook input priority filter; policy drop;
        iifname lo accept
        ct state { established, related } accept
        meta l4proto { icmp, icmpv6 } accept
        ${lib.optionalString (tcpPorts != "") "tcp dport { ${tcpPorts} } accept"}
      }
    }
  '';
in
{
  options.networking = {
    hostName = mkOption {
      type = types.strMatching "^$|^[[:alnum:]]([[:alnum:]_-]{0,61}[[:alnum:]])?$";
      default = "nixos";
      description = "Name of the host; empty where something else names it.";
    };
    useDHCP = mkOption {
      type = types.bool;
      default = false;
      description = "Whether to ask for addresses; a sandbox machine's are set from outside.";
    };
    firewall = {
      enable = mkOption {
        type = types.bool;
        default = true;
        description = "Whether to refuse connections to ports that are not allowed.";
      };
      allowedTCPPorts = mkOption {
        type = types.listOf types.port;
        default = [ ];
        description = "TCP ports that are open.";
      };
    };
  };

  config = {
    environment.etc.hostname = lib.mkIf (cfg.hostName != "") { text = cfg.hostName + "\n"; };
    systemd.services.firewall = lib.mkIf cfg.firewall.enable {
      description = "Firewall";
      wantedBy = [ "multi-user.target" ];
      before = [ "network-pre.target" ];
      wants = [ "network-pre.target" ];
      reloadIfChanged = true;
      serviceConfig = {
        Type = "oneshot";
        RemainAfterExit = true;
        ExecStart = "/usr/sbin/nft -f ${rules}";
        ExecReload = "/usr/sbin/nft -f ${rules}";
        ExecStop = "/usr/sbin/nft delete table inet nixos-fw";
      };
    };
  };
}
