# The Nix files of the product are as `nix fmt` leaves them.
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
