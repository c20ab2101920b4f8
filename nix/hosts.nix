# The systems that this project deploys, for one kind of computer.
{
  lib,
  modules,
  values,
}:
system:
let
  authorizedKeys.users.users.root.openssh.authorizedKeys.keys = values.authorizedKeys;
  hostName = lib.optionalAttrs (values.hostName != null) {
    networking = { inherit (values) hostName; };
  };
  dataVolume.ec2 = { inherit (values) dataVolume; };
  host =
    hostModules:
    lib.nixosSystem {
      modules = hostModules ++ [ { nixpkgs.hostPlatform = system; } ];
    };
in
{
  # What a new machine boots, whatever it becomes: no host name, so that one system serves for all.
  bootstrap = host [
    modules.bootstrap
    modules.ec2
    authorizedKeys
  ];

  live = host [
    modules.live
    modules.ec2
    modules.data-volume
    authorizedKeys
    dataVolume
    hostName
  ];

  # The fixed image. A change makes new machines, so nobody has to log in: no key but the user's own.
  server = host [
    modules.base
    authorizedKeys
    modules.ec2
    modules.data-volume
    dataVolume
    hostName
  ];

  vm = host [
    modules.base
    modules.vm
    hostName
  ];
}
