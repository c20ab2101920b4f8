# What `nix build` and `nix run` find, for one kind of computer.
{ pkgs, hosts }:
let
  iplz = pkgs.python3Packages.callPackage ./iplz.nix { };
  iplz-server = pkgs.callPackage ./iplz-server.nix { inherit iplz; };
in
{
  inherit iplz iplz-server;
  default = iplz-server;
  iplz-vm = hosts.vm.config.system.build.vm;
  image = hosts.server.config.system.build.images.amazon;
  bootstrap-image = hosts.bootstrap.config.system.build.images.amazon;
  pulumi = pkgs.callPackage ./pulumi.nix { };
}
