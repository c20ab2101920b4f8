# Stands in for nixpkgs where it cannot be reached: as little of it as this repository's flake needs,
# with the same names, arguments and refusals. Its derivations are real; what nixpkgs would build from
# source they take from this computer's own programs and from the wheels beside this file.
{
  outputs =
    { self }:
    let
      lib = import ./lib;
      systems = [
        "x86_64-linux"
        "aarch64-linux"
      ];
    in
    {
      lib = lib // {
        nixosSystem = import ./nixos { inherit self lib; };
      };
      legacyPackages = lib.genAttrs systems (system: import ./pkgs { inherit lib system; });
    };
}
