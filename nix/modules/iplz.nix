# The service iplz: answers an HTTP request with the address of its caller.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  cfg = config.services.iplz;
  isPrivilegedPort = cfg.port < 1024;
  capabilities = if isPrivilegedPort then "CAP_NET_BIND_SERVICE" else "";
in
{
  _file = ./iplz.nix;
  key = ./iplz.nix;

  options.services.iplz = {
    enable = lib.mkEnableOption "iplz, which answers HTTP requests with the caller's address";

    package = lib.mkOption {
      type = lib.types.package;
      default = pkgs.callPackage ../packages/iplz-server.nix { };
      defaultText = lib.literalMD "`packages.iplz-server` of the flake that this module is from";
      description = "The server; its main program takes uvicorn's options.";
    };

    port = lib.mkOption {
      type = lib.types.port;
      default = 80;
      description = "TCP port to listen on, at every IPv4 and IPv6 address.";
    };

    openFirewall = lib.mkOption {
      type = lib.types.bool;
      default = false;
      description = "Whether to open the port in the firewall.";
    };

    trustedProxies = lib.mkOption {
      type = lib.types.listOf lib.types.str;
      default = [ ];
      example = [
        "10.0.0.0/8"
        "2001:db8::/32"
      ];
      description = "Networks of the proxies whose `X-Forwarded-For` is believed.";
    };
  };

  config = lib.mkIf cfg.enable {
    networking.firewall.allowedTCPPorts = lib.mkIf cfg.openFirewall [ cfg.port ];

    systemd.services.iplz = {
      description = "iplz";
      wantedBy = [ "multi-user.target" ];
      after = [ "network.target" ];

      environment = lib.optionalAttrs (cfg.trustedProxies != [ ]) {
        IPLZ_TRUSTED_PROXIES = lib.concatStringsSep "," cfg.trustedProxies;
      };

      serviceConfig = {
        ExecStart = "${lib.getExe cfg.package} --port ${toString cfg.port}";
        Type = "exec";
        Restart = "always";
        DynamicUser = true;
        # A connection that idles costs a file descriptor for as long as the caller likes, and the
        # usual 1024 are soon held by one of them.
        LimitNOFILE = 65536;

        # Exception: a port below 1024 needs this one capability.
        AmbientCapabilities = capabilities;
        CapabilityBoundingSet = capabilities;
        # Exception: in a user namespace of its own the capability would not count for the port.
        PrivateUsers = !isPrivilegedPort;

        # Exception: no PrivateNetwork, and the two families of its callers.
        RestrictAddressFamilies = [
          "AF_INET"
          "AF_INET6"
        ];

        DevicePolicy = "closed";
        LockPersonality = true;
        MemoryDenyWriteExecute = true;
        NoNewPrivileges = true;
        PrivateDevices = true;
        PrivateTmp = true;
        ProcSubset = "pid";
        ProtectClock = true;
        ProtectControlGroups = true;
        ProtectHome = true;
        ProtectHostname = true;
        ProtectKernelLogs = true;
        ProtectKernelModules = true;
        ProtectKernelTunables = true;
        ProtectProc = "invisible";
        # Leaves /run/current-system readable, which /healthz follows.
        ProtectSystem = "strict";
        RemoveIPC = true;
        RestrictNamespaces = true;
        RestrictRealtime = true;
        RestrictSUIDSGID = true;
        SystemCallArchitectures = "native";
        SystemCallErrorNumber = "EPERM";
        SystemCallFilter = [
          "@system-service"
          "~@privileged @resources"
        ];
        UMask = "0077";
      };
    };
  };
}
