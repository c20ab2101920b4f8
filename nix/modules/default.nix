# What another flake can import. Nix 2.8 checks functions here, not paths, so each module names its
# file itself: for error messages, and so that importing it twice counts once.
{
  activation-guard = import ./activation-guard.nix;
  base = import ./base.nix;
  bootstrap = import ./bootstrap.nix;
  data-volume = import ./data-volume.nix;
  ec2 = import ./ec2.nix;
  iplz = import ./iplz.nix;
  live = import ./live.nix;
  secrets = import ./secrets.nix;
  vm = import ./vm.nix;
}
