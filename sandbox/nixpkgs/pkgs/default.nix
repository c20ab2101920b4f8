{ lib, system }:
let
  pkgs =
    import ./builders.nix { inherit lib system; }
    // import ./python.nix { inherit lib pkgs; }
    // import ./absent.nix { inherit lib pkgs; }
    // {
      inherit lib system;
      # A function of packages gets those that it names, unless it is given them.
      callPackage =
        path: given:
        let
          function = if lib.isFunction path then path else import path;
          named = lib.intersectAttrs (lib.functionArgs function) (pkgs // { inherit pkgs; });
        in
        function (named // given);
      stdenv.hostPlatform = { inherit system; };
    };
in
pkgs
