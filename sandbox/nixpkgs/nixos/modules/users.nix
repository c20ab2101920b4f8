# Users' SSH keys. Sandbox machines have root and what systemd makes up for DynamicUser.
{ config, lib, ... }:
let
  inherit (lib) mkOption types;
  user = _: {
    options.openssh.authorizedKeys.keys = mkOption {
      type = types.listOf types.singleLineStr;
      default = [ ];
      description = "SSH public keys that may log in.";
    };
    options.initialHashedPassword = mkOption {
      type = types.nullOr types.str;
      default = null;
      description = "Hash of the password at first; sandbox machines have no password log-in.";
    };
  };
  withKeys = lib.filterAttrs (_: user: user.openssh.authorizedKeys.keys != [ ]) config.users.users;
in
{
  options.users = {
    users = mkOption {
      type = types.attrsOf (types.submodule user);
      default = { };
      description = "Users of the machine.";
    };
    groups = mkOption {
      type = types.attrsOf types.raw;
      default = { };
      description = "Groups of the machine.";
    };
  };

  config = {
    assertions = [
      {
        assertion = lib.all (name: name == "root") (lib.attrNames config.users.users);
        message = "The sandbox's stand-in for nixpkgs knows no user but root.";
      }
      {
        assertion = config.users.groups == { };
        message = "The sandbox's stand-in for nixpkgs makes no groups.";
      }
    ];
    # Copies, for sshd does not trust a file below the group-writable /nix/store.
    environment.etc = lib.mapAttrs' (
      name: user:
      lib.nameValuePair "ssh/authorized_keys.d/${name}" {
        text = lib.concatLines user.openssh.authorizedKeys.keys;
        mode = "0444";
      }
    ) withKeys;
  };
}
