# What an EC2 instance has. Its image is not built here.
{ lib, pkgs, ... }:
{
  networking.hostName = lib.mkDefault "";
  services.openssh = {
    enable = true;
    settings.PermitRootLogin = "prohibit-password";
  };
  system.build.images.amazon = pkgs.absent "amazon-image";
}
