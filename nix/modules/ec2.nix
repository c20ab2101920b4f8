# Hardware and metadata of an Amazon EC2 instance.
{ modulesPath, ... }:
{
  _file = ./ec2.nix;
  key = ./ec2.nix;

  imports = [ "${modulesPath}/virtualisation/amazon-image.nix" ];
}
