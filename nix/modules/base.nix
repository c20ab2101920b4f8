# The application, reachable on port 80.
{
  _file = ./base.nix;
  key = ./base.nix;

  imports = [
    ./iplz.nix
    ./state-version.nix
  ];

  services.iplz = {
    enable = true;
    port = 80;
    openFirewall = true;
  };
}
