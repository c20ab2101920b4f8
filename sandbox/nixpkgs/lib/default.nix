let
  lib =
    import ./basics.nix
    // import ./options.nix lib
    // {
      types = import ./types.nix lib;
      fileset = import ./fileset.nix lib;
    }
    // import ./modules.nix lib;
in
lib
