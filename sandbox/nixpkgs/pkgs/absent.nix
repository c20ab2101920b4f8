# Packages that can be named here, so that what mentions them evaluates, but not built.
{ lib, pkgs }:
let
  absent =
    name:
    pkgs.runCommand name { meta.mainProgram = name; passthru.dependencies = [ ]; } ''
      echo "The sandbox's stand-in for nixpkgs has no ${name}. Build this with the real nixpkgs: leave out" \
        "--override-input nixpkgs." >&2
      exit 1
    '';
in
lib.genAttrs
  [
    "deadnix"
    "git"
    "jq"
    "mypy"
    "nixfmt"
    "nodejs"
    "openssh"
    "ruff"
    "shellcheck"
    "shfmt"
    "statix"
  ]
  absent
// {
  inherit absent;
  pulumi-bin = absent "pulumi-bin" // {
    overrideAttrs = _: absent "pulumi-bin";
  };
  pulumiPackages.pulumi-command = absent "pulumi-command" // {
    version = "1.2.1";
  };
  testers.runNixOSTest = { name, ... }: absent "vm-test-run-${name}";
}
