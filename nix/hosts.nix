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
    authorizedKeys
    hostName
  ];

  # The fixed image. A change makes new machines, so nobody has to log in: no key of the stack.
  server = host [
    modules.base
    modules.ec2
    hostName
  ];

  vm = host [
    modules.base
    modules.vm
    hostName
  ];
}
