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
  host = hostModules: lib.nixosSystem { modules = hostModules ++ [ { nixpkgs.hostPlatform = system; } ]; };
in
{
  # Every new machine starts as this, whatever it becomes: no host name, so all start as the same.
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

  # Nobody changes a machine that runs the fixed image: no keys of the stack in it.
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
