# The service on a real NixOS machine, asked by another one.
{ pkgs, modules }:
pkgs.testers.runNixOSTest {
  name = "iplz";

  nodes = {
    server = modules.base;
    proxied = {
      imports = [ modules.iplz ];
      services.iplz = {
        enable = true;
        port = 8080;
        openFirewall = true;
        trustedProxies = [ "192.168.1.0/24" ];
      };
    };
    client = { };
  };

  testScript = ''
    start_all()
    server.wait_for_open_port(80)
    proxied.wait_for_open_port(8080)

    def ask(url, *options):
        command = ["curl --fail --silent --show-error", *options, url]
        return client.wait_until_succeeds(" ".join(command), timeout=60)

    with subtest("the caller gets its address, over IPv4 and IPv6"):
        for family in ("-4", "-6"):
            answer = ask("http://server/", family, "--write-out '%{local_ip}'")
            caller, local = answer.splitlines()
            assert caller == local, answer

    with subtest("the service tells the running system"):
        system = server.succeed("readlink --canonicalize /run/current-system")
        assert ask("http://server/healthz") == system, system

    with subtest("a forwarded address is believed from a trusted proxy only"):
        forwarded = "--header 'X-Forwarded-For: 192.0.2.1'"
        assert ask("http://proxied:8080/", "-4", forwarded) == "192.0.2.1\n"
        assert ask("http://server/", "-4", forwarded) != "192.0.2.1\n"

    with subtest("the service comes back when it ends"):
        before = server.succeed("systemctl show --property MainPID --value iplz")
        server.succeed("systemctl kill --signal KILL iplz")
        server.wait_until_succeeds(
            "test $(systemctl show --property NRestarts --value iplz) -eq 1"
        )
        server.wait_for_open_port(80)
        assert server.succeed("systemctl show --property MainPID --value iplz") != before

    with subtest("the service runs as nobody, with one capability at most"):
        for machine, capabilities in ((server, "cap_net_bind_service"), (proxied, "")):
            pid = machine.succeed("systemctl show --property MainPID --value iplz").strip()
            assert machine.succeed(f"stat --format %u /proc/{pid}").strip() != "0"
            bounding = machine.succeed(
                "systemctl show --property CapabilityBoundingSet --value iplz"
            ).strip()
            assert bounding == capabilities, bounding
  '';
}
