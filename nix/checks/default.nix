# What `nix flake check` builds, for one kind of computer.
{
  pkgs,
  modules,
  hosts,
  packages,
  devShells,
}:
let
  inherit (pkgs) lib;
  prefixed = prefix: lib.mapAttrs' (name: lib.nameValuePair "${prefix}-${name}");
in
prefixed "package" {
  inherit (packages)
    iplz
    iplz-server
    iplz-vm
    pulumi
    ;
}
// prefixed "devShell" devShells
// prefixed "host" (lib.mapAttrs (_: host: host.config.system.build.toplevel) hosts)
// {
  formatting = pkgs.callPackage ./formatting.nix { };
  options-documented = import ./options-documented.nix { inherit pkgs hosts; };
  vm-iplz = import ./vm-iplz.nix { inherit pkgs modules; };
}
