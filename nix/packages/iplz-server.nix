# The application behind uvicorn, as one command that takes uvicorn's options.
{
  lib,
  python3,
  writeShellApplication,
  iplz ? python3.pkgs.callPackage ./iplz.nix { },
}:
writeShellApplication {
  name = "iplz-server";
  runtimeInputs = [ (python3.withPackages (_: [ iplz ])) ];
  # uvicorn's own handling of proxies believes everybody on 127.0.0.1; iplz has its own. The empty
  # host is every IPv4 and IPv6 address. An answer takes milliseconds, so whoever has not ended a
  # request a second after the server was told to end would only hold up a restart.
  text = ''
    exec uvicorn --no-proxy-headers --no-server-header --timeout-graceful-shutdown 1 --host "" iplz:app "$@"
  '';
  meta = {
    inherit (iplz.meta) description;
    license = lib.licenses.mit;
  };
}
