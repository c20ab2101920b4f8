# Every Nix file is as `nix fmt` leaves it.
{
  lib,
  deadnix,
  nixfmt,
  runCommand,
  statix,
}:
let
  src = lib.fileset.toSource {
    root = ../..;
    fileset = lib.fileset.unions [
      ../../flake.nix
      ../../nix
      ../../src/nix/evaluator
    ];
  };
in
runCommand "formatting"
  {
    nativeBuildInputs = [
      deadnix
      nixfmt
      statix
    ];
  }
  ''
    cd ${src}
    find . -name '*.nix' -exec nixfmt --check {} +
    deadnix --fail .
    statix check .
    touch "$out"
  ''
