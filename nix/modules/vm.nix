# A QEMU virtual machine to try a system in: root's console, and the host's port 8000.
{ lib, modulesPath, ... }:
{
  _file = ./vm.nix;
  key = ./vm.nix;

  imports = [ "${modulesPath}/virtualisation/qemu-vm.nix" ];

  networking.hostName = lib.mkDefault "iplz-vm";
  services.getty.autologinUser = "root";

  virtualisation = {
    graphics = false;
    # No disk image stays behind in the folder that the machine was started from.
    diskImage = null;
    forwardPorts = [
      {
        from = "host";
        host.port = 8000;
        guest.port = 80;
      }
    ];
  };
}
