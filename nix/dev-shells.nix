# The tools that README and CONTRIBUTING name.
{ pkgs, packages }:
{
  default = pkgs.mkShellNoCC {
    packages = [
      packages.pulumi
      pkgs.deadnix
      pkgs.jq
      pkgs.nixfmt
      pkgs.nodejs
      pkgs.openssh
      pkgs.ruff
      pkgs.shellcheck
      pkgs.shfmt
      pkgs.statix
      (pkgs.python3.withPackages (python: [
        python.falcon
        python.hypothesis
        python.mypy
        python.pytest
        python.setuptools
        python.uvicorn
      ]))
    ];
  };
}
