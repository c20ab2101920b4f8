# A system as NixOS makes one, as far as its units go: two units of its own, of which one starts a
# program, and drop-ins to a unit and to an instance that a package brings.
{
  run,
  version,
  user,
  isReloaded,
  niceness,
  hasMore,
  # Names of the packages in the system's path.
  packages,
  # Version of its kernel, null for a system without one.
  kernel,
  kernelParams,
}:
let
  # Two tests do not share what one of them deletes.
  mark = "${run}-${builtins.substring 0 1 version}";

  make =
    more:
    derivation (
      {
        system = "x86_64-linux";
        builder = "/bin/sh";
        args = [
          "-c"
          "PATH=/bin:/usr/bin; mkdir -p $out; eval \"$buildCommand\""
        ];
      }
      // more
    );

  unit =
    name: settings:
    make {
      name = "unit-${builtins.replaceStrings [ "@" "\\" ] [ "-" "-" ] name}";
      text = "[Service]\n${settings}\n";
      buildCommand = ''
        name=${builtins.replaceStrings [ "\\" ] [ "\\\\" ] name}
        printf "%s" "$text" > "$out/$name"
      '';
    };

  program = make {
    name = "program-${version}";
    buildCommand = "echo ${mark} > $out/program";
  };

  package = make {
    name = "package-1";
    text = "[Service]\nExecStart=/bin/${mark}\n";
    buildCommand = ''printf "%s" "$text" | tee $out/c.service > $out/d@.service'';
  };

  # What NixOS makes of a unit with `enable = false`.
  masked =
    name:
    make {
      name = "unit-${name}-disabled";
      inherit mark;
      buildCommand = ''
        name=${name}
        ln -s /dev/null "$out/$name"
      '';
    };

  units = [
    (unit "a.service" ''
      User=${user}
      X-ReloadIfChanged=${if isReloaded then "true" else "false"}
      ExecStart=${program}/program
    '')
    (unit "b@.service" "ExecStart=/bin/${mark}")
  ]
  ++ (
    if hasMore then
      [
        (unit "more.service" "ExecStart=/bin/${mark}")
        (unit "masked.service" "ExecStart=/bin/${mark}")
      ]
    else
      [ (masked "masked.service") ]
  );

  dropIns = [
    (unit "c.service" "Nice=${toString niceness}\nSlice=${mark}.slice")
    (unit "d@x\\x2dy.service" "Slice=${mark}.slice")
  ];

  # What a package has at run time is not in its own derivation.
  inPath =
    name:
    let
      library = make {
        name = "library-of-${name}";
        buildCommand = "echo ${mark} > $out/library";
      };
    in
    make {
      inherit name library;
      tool = make {
        name = "tool-for-${name}";
        buildCommand = "echo ${mark} > $out/tool";
      };
      buildCommand = "test -e $tool; echo ${mark} $library > $out/program";
    };

  path = make {
    name = "system-path";
    pkgs = builtins.toJSON (
      map (name: {
        paths = [ (inPath name) ];
        priority = 5;
      }) packages
    );
    buildCommand = ''echo "$pkgs" > $out/manifest'';
  };

  etc = make {
    name = "etc";
    buildCommand = ''
      folder=$out/etc/systemd/system
      mkdir -p $folder
      for each in ${toString units} ${package}; do ln -s $each/* $folder/; done
      for each in ${toString dropIns}; do
        name=$(basename $each/*)
        mkdir "$folder/$name.d"
        ln -s "$each/$name" "$folder/$name.d/overrides.conf"
      done
      ln -s b@.service $folder/alias@.service
    '';
  };
  # Of a kernel's version there may be a module more.
  linux =
    part:
    make {
      name = "${part}-${kernel}";
      buildCommand = "echo ${mark} > $out/file";
    };
in
make {
  name = "system";
  buildCommand = ''
    ln -s ${etc}/etc $out/etc
    ln -s ${path} $out/sw
  ''
  + (
    if kernel == null then
      ""
    else
      ''
        ln -s ${linux "linux"}/file $out/kernel
        ln -s ${linux "linux-modules"} $out/kernel-modules
        printf %s "$kernelParams" > $out/kernel-params
        ln -s ${linux "initrd-linux"}/file $out/initrd
      ''
  );
  inherit kernelParams;
}
