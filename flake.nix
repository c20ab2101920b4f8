{
  description = "From a Nix flake to running NixOS machines, in one command";

  inputs = {
    nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable-small";
    # What only a stack knows: a flake with an output `values`. By default this flake itself, whose
    # values are the defaults; a stack overrides the input, so its evaluation needs no `--impure`.
    values.follows = "";
  };

  outputs =
    { nixpkgs, values, ... }:
    let
      inherit (nixpkgs) lib;
      eachSystem = lib.genAttrs [
        "x86_64-linux"
        "aarch64-linux"
      ];
      pkgsFor = nixpkgs.legacyPackages;

      stackValues = import ./nix/values.nix { inherit lib; };
      modules = import ./nix/modules;
      hosts = eachSystem (
        import ./nix/hosts.nix {
          inherit lib modules;
          values = stackValues.complete values.values;
        }
      );
      packages = eachSystem (
        system:
        import ./nix/packages {
          pkgs = pkgsFor.${system};
          hosts = hosts.${system};
        }
      );
      devShells = eachSystem (
        system:
        import ./nix/dev-shells.nix {
          pkgs = pkgsFor.${system};
          packages = packages.${system};
        }
      );
    in
    {
      inherit packages devShells;
      nixosModules = modules;
      # A stack for another platform takes NAME-PLATFORM where there is one.
      nixosConfigurations =
        hosts.x86_64-linux
        // lib.mapAttrs' (name: lib.nameValuePair "${name}-aarch64-linux") hosts.aarch64-linux;
      values = stackValues.defaults;

      formatter = eachSystem (system: pkgsFor.${system}.callPackage ./nix/formatter.nix { });

      checks = eachSystem (
        system:
        import ./nix/checks {
          inherit modules;
          pkgs = pkgsFor.${system};
          hosts = hosts.${system};
          packages = packages.${system};
          devShells = devShells.${system};
        }
      );
    };
}
