# What an EC2 instance has, and its disk image.
{
  config,
  lib,
  pkgs,
  ...
}:
let
  inherit (lib) mkOption types;
  onEc2 = {
    # A machine that is no EC2 instance has no metadata service to wait for.
    unitConfig.ConditionPathExists = "/run/ec2";
    serviceConfig = {
      Type = "oneshot";
      RemainAfterExit = true;
    };
  };
in
{
  options = {
    amazonImage.format = mkOption {
      type = types.enum [
        "raw"
        "qcow2"
        "vpc"
      ];
      default = "vpc";
      description = "Format of the image file.";
    };
    ec2.efi = mkOption {
      type = types.bool;
      default = false;
      description = "Whether the instance boots by UEFI.";
    };
    image.baseName = mkOption {
      type = types.str;
      default = "nixos-amazon-image-sandbox-${config.nixpkgs.hostPlatform}";
      description = "Name of the image file without its extension.";
    };
    virtualisation.diskSize = mkOption {
      type = types.ints.positive;
      default = 4096;
      description = "Size of the disk in MiB.";
    };
  };

  config = {
    networking.hostName = lib.mkDefault "";
    services.openssh = {
      enable = true;
      settings.PermitRootLogin = "prohibit-password";
    };

    systemd.services.fetch-ec2-metadata = onEc2 // {
      description = "Fetch EC2 metadata";
      wantedBy = [ "multi-user.target" ];
      after = [ "network.target" ];
      script = ''
        metadata() {
          curl --fail --silent --max-time 5 --header "X-aws-ec2-metadata-token: $token" \
            "http://169.254.169.254/latest/$1"
        }
        mkdir -p /etc/ec2-metadata
        chmod 700 /etc/ec2-metadata
        token=$(curl --fail --silent --max-time 5 --request PUT \
          --header "X-aws-ec2-metadata-token-ttl-seconds: 600" http://169.254.169.254/latest/api/token)
        metadata user-data > /etc/ec2-metadata/user-data || : > /etc/ec2-metadata/user-data
        metadata meta-data/hostname > /etc/ec2-metadata/hostname
        metadata meta-data/public-keys/0/openssh-key > /etc/ec2-metadata/public-keys-0-openssh-key ||
          rm -f /etc/ec2-metadata/public-keys-0-openssh-key
      '';
    };

    systemd.services.apply-ec2-data = onEc2 // {
      description = "Apply EC2 data";
      wantedBy = [ "sshd.service" ];
      before = [ "sshd.service" ];
      after = [ "fetch-ec2-metadata.service" ];
      requires = [ "fetch-ec2-metadata.service" ];
      script = ''
        data=/etc/ec2-metadata/user-data
        host_key=/etc/ssh/ssh_host_ed25519_key
        private=$(sed -n 's/^SSH_HOST_ED25519_KEY://p' "$data" | tr '|' '\n')
        public=$(sed -n 's/^SSH_HOST_ED25519_KEY_PUB://p' "$data")
        if [ -n "$private" ] && [ -n "$public" ] && [ ! -e "$host_key" ]; then
          (umask 077 && printf '%s\n' "$private" > "$host_key")
          printf '%s\n' "$public" > "$host_key.pub"
        fi
        key=/etc/ec2-metadata/public-keys-0-openssh-key
        if [ -s "$key" ]; then
          mkdir -p /root/.ssh
          chmod 700 /root/.ssh
          grep -qxFf "$key" /root/.ssh/authorized_keys 2>/dev/null || cat "$key" >> /root/.ssh/authorized_keys
        fi
        ${lib.optionalString (
          config.networking.hostName == ""
        ) "hostname \"$(cat /etc/ec2-metadata/hostname)\""}
      '';
    };

    system.build.images.amazon = import ../../disk-image.nix { inherit config lib pkgs; };
  };
}
