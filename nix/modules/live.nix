# The application on a machine that takes further deployments.
{
  _file = ./live.nix;
  key = ./live.nix;

  imports = [
    ./activation-guard.nix
    ./base.nix
    ./bootstrap.nix
    ./secrets.nix
  ];
}
