# A disk with one partition that holds a system's closure, as nixpkgs' make-disk-image lays it out. The
# same system gives the same bytes.
{
  config,
  lib,
  pkgs,
}:
let
  inherit (config.system.build) toplevel;
  inherit (config.amazonImage) format;
  extension = if format == "vpc" then "vhd" else format;
  bootMode = if config.ec2.efi then "uefi" else "legacy-bios";
in
pkgs.runCommand config.image.baseName
  {
    inherit toplevel format bootMode;
    exportReferencesGraph = [
      "closure"
      toplevel
    ];
    file = "${config.image.baseName}.${extension}";
    sizeMiB = toString config.virtualisation.diskSize;
    platform = config.nixpkgs.hostPlatform;
    databaseScript = ./normalize-database.py;
    vhdScript = ./normalize-vhd.py;
    passthru = { inherit config; };
  }
  ''
    PATH=$PATH:/usr/sbin:/sbin
    root=$PWD/root
    mkdir -p "$root/nix/store" "$root/nix/var/nix/profiles" "$root/nix/var/nix/gcroots"
    grep '^/nix/store/' closure | sort -u | while read -r path; do
      cp -a "$path" "$root/nix/store/"
    done
    NIX_CONFIG= nix-store --store "local?root=$root" --register-validity --reregister < closure
    /usr/bin/python3 "$databaseScript" "$root/nix/var/nix/db"
    ln -s "$toplevel" "$root/nix/var/nix/profiles/system-1-link"
    ln -s system-1-link "$root/nix/var/nix/profiles/system"
    rm -f "$root/nix/var/nix/gcroots/profiles"
    ln -s /nix/var/nix/profiles "$root/nix/var/nix/gcroots/profiles"
    chown -R 0:0 "$root"
    find "$root" -exec touch --no-dereference --date=@1 {} +

    truncate --size "''${sizeMiB}M" disk.raw
    printf '%s\n' 'label: dos' 'label-id: 0x6e69786f' 'start=2048, type=83, bootable' |
      sfdisk --quiet disk.raw
    export E2FSPROGS_FAKE_TIME=1
    mke2fs -q -t ext4 -L nixos -U 6e69786f-0000-4000-8000-000000000001 \
      -E offset=1048576,hash_seed=6e69786f-0000-4000-8000-000000000002,root_owner=0:0 \
      -d "$root" disk.raw "$((sizeMiB - 1))M"
    # mke2fs takes the time at which the copies above were made into the inodes, 12 and on.
    seq 12 "$((11 + $(find "$root" -mindepth 1 | wc -l)))" |
      sed 's/.*/set_inode_field <&> ctime @1\nset_inode_field <&> ctime_extra 0/' > set-times
    debugfs -w -f set-times "disk.raw?offset=1048576" > set-times.log 2>&1

    mkdir -p "$out/nix-support"
    case $format in
      raw) cp --sparse=always disk.raw "$out/$file" ;;
      vpc)
        qemu-img convert -f raw -O vpc -o subformat=dynamic,force_size disk.raw "$out/$file"
        /usr/bin/python3 "$vhdScript" "$out/$file"
        ;;
      *) qemu-img convert -f raw -O "$format" disk.raw "$out/$file" ;;
    esac
    echo "file $format $out/$file" > "$out/nix-support/hydra-build-products"
    printf '{"label":"sandbox","boot_mode":"%s","system":"%s","logical_bytes":"%s","file":"%s","disks":{"root":{"logical_bytes":"%s","file":"%s"}}}\n' \
      "$bootMode" "$platform" "$((sizeMiB * 1048576))" "$out/$file" "$((sizeMiB * 1048576))" "$out/$file" \
      > "$out/nix-support/image-info.json"
  ''
