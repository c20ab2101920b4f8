# What a new machine needs to take its first deployment: root, by SSH key.
{
  _file = ./bootstrap.nix;
  key = ./bootstrap.nix;

  imports = [ ./state-version.nix ];

  services.openssh = {
    enable = true;
    settings = {
      PasswordAuthentication = false;
      KbdInteractiveAuthentication = false;
      PermitRootLogin = "prohibit-password";
    };
  };
}
