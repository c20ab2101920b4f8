# Derivations built by this computer's own shell and programs.
{ lib, system }:
let
  shell = "/bin/sh";
  path = "/usr/bin:/bin";

  runCommand =
    name: environment: script:
    derivation (
      lib.removeAttrs environment [
        "meta"
        "passthru"
      ]
      // {
        inherit name system;
        builder = shell;
        args = [
          "-euc"
          "export PATH=${path} HOME=/homeless-shelter; . \"$buildCommandPath\""
        ];
        buildCommand = script;
        passAsFile = [ "buildCommand" ] ++ environment.passAsFile or [ ];
      }
    )
    // environment.passthru or { }
    // lib.optionalAttrs (environment ? meta) { inherit (environment) meta; };

  writeTextFile =
    {
      name,
      text,
      executable ? false,
      destination ? "",
      checkPhase ? "",
      meta ? { },
    }:
    runCommand name { inherit text meta; passAsFile = [ "text" ]; } ''
      target=$out${destination}
      mkdir -p "$(dirname "$target")"
      cp "$textPath" "$target"
      ${lib.optionalString executable ''chmod +x "$target"''}
      ${checkPhase}
    '';
  builders = {
    inherit runCommand writeTextFile;
    runCommandLocal = runCommand;
    runtimeShell = shell;

    writeText = name: text: writeTextFile { inherit name text; };
    writeScript = name: text: writeTextFile { inherit name text; executable = true; };
    writeShellScript =
      name: text:
      writeTextFile {
        inherit name;
        executable = true;
        text = "#!${shell}\n${text}";
      };

    # As in nixpkgs, a script that shellcheck finds fault with is not built.
    writeShellApplication =
      {
        name,
        text,
        runtimeInputs ? [ ],
        meta ? { },
      }:
      writeTextFile {
        inherit name;
        executable = true;
        destination = "/bin/${name}";
        meta = meta // {
          mainProgram = name;
        };
        text = ''
          #!/bin/bash
          set -o errexit
          set -o nounset
          set -o pipefail
          ${lib.optionalString (runtimeInputs != [ ]) ''export PATH="${lib.makeBinPath runtimeInputs}:$PATH"''}

          ${text}
        '';
        checkPhase = ''shellcheck "$target"'';
      };

    symlinkJoin =
      {
        name,
        paths,
        meta ? { },
      }:
      runCommand name { inherit paths meta; } ''
        mkdir "$out"
        for path in $paths; do cp -rs --no-preserve=mode "$path"/. "$out"; done
      '';

    # Its derivation tells which packages are in it, as nixpkgs' does.
    buildEnv =
      {
        name,
        paths,
        pathsToLink ? [ "/" ],
        ignoreCollisions ? false,
      }:
      derivation {
        __structuredAttrs = true;
        inherit name system pathsToLink ignoreCollisions;
        chosenOutputs = map (path: {
          paths = [ path ];
          priority = path.meta.priority or 5;
        }) paths;
        builder = "/usr/bin/python3";
        args = [ ./build-env.py ];
      };

    # A shell's derivation names its packages; entering it is for `nix develop` with the real nixpkgs.
    mkShell =
      {
        packages ? [ ],
        name ? "nix-shell",
        ...
      }:
      runCommand name { inherit packages; } ''echo "$packages" > "$out"'';
    mkShellNoCC = builders.mkShell;
  };
in
builders
