# Python packages in store paths of their own, for this computer's /usr/bin/python3.
{ lib, pkgs }:
let
  wheels = ../wheels;
  interpreter = "/usr/bin/python3";
  sitePackages = "lib/python3/site-packages";

  # A package with all that it needs, each once.
  closureOf = packages: lib.unique (lib.concatMap (package: [ package ] ++ package.dependencies) packages);
  pythonPath = lib.concatMapStringsSep ":" (package: "${package}/${sitePackages}");

  passthruOf = dependencies: {
    dependencies = closureOf dependencies;
    pythonModule = true;
  };

  # A wheel's own name for a project has no dashes.
  wheelOf =
    pname:
    let
      prefix = "${lib.replaceStrings [ "-" ] [ "_" ] pname}-";
      found = lib.filter (lib.hasPrefix prefix) (lib.attrNames (builtins.readDir wheels));
    in
    if lib.length found == 1 then
      wheels + "/${lib.head found}"
    else
      throw "The sandbox's stand-in for nixpkgs needs one wheel of ${pname} and has ${toString (lib.length found)}. Run sandbox/setup.";

  fromWheel =
    pname: dependencies:
    pkgs.runCommand "python3-${pname}" {
      wheel = builtins.path {
        path = wheelOf pname;
        name = "${pname}.whl";
      };
      installer = ./install-wheel.py;
      passthru = passthruOf dependencies // {
        inherit pname;
      };
    } ''${interpreter} -I "$installer" "$wheel" "$out/${sitePackages}" "$out/bin"'';

  buildPythonPackage =
    {
      pname,
      version,
      src,
      pyproject,
      build-system,
      dependencies ? [ ],
      nativeCheckInputs ? [ ],
      pythonImportsCheck ? [ ],
      meta ? { },
    }:
    let
      hasPytest = lib.any (input: input.isPytestCheckHook or false) nativeCheckInputs;
      checkInputs = lib.concatMap (input: input.packages or [ input ]) nativeCheckInputs;
    in
    pkgs.runCommand "python3-${pname}-${version}"
      {
        inherit src meta;
        installer = ./install-wheel.py;
        buildPath = pythonPath (closureOf build-system);
        checkPath = pythonPath (closureOf (dependencies ++ checkInputs));
        passthru = passthruOf dependencies // {
          inherit pname version;
        };
      }
      ''
        ${lib.optionalString (!pyproject) "echo 'Only pyproject = true is offered here.' >&2; exit 1"}
        cp -r --no-preserve=mode "$src" source
        cd source
        PYTHONPATH=$buildPath ${interpreter} -s -c \
          'import setuptools.build_meta as backend; backend.build_wheel("dist")'
        site=$out/${sitePackages}
        ${interpreter} -I "$installer" dist/*.whl "$site" "$out/bin"
        export PYTHONPATH=$site:$checkPath PYTHONDONTWRITEBYTECODE=1 PYTHONNOUSERSITE=1
        # Else pytest parses all of hypothesis anew in each build, for a plugin that only reports.
        export PYTEST_DISABLE_PLUGIN_AUTOLOAD=1
        ${lib.optionalString hasPytest "${interpreter} -m pytest -p no:cacheprovider"}
        ${lib.concatMapStringsSep "\n" (module: "${interpreter} -c 'import ${module}'") pythonImportsCheck}
      '';

  # An interpreter that finds the packages, and the commands that they bring.
  withPackages =
    choose:
    let
      packages = closureOf (choose python3Packages);
    in
    pkgs.runCommand "python3-env" { inherit packages; path = pythonPath packages; } ''
      mkdir -p "$out/bin"
      wrap() {
        printf '#!/bin/sh\nexport PYTHONPATH=%s PYTHONNOUSERSITE=1\nexec %s "$@"\n' "$path" "$2" > "$out/bin/$1"
        chmod +x "$out/bin/$1"
      }
      wrap python3 ${interpreter}
      for package in $packages; do
        for command in "$package"/bin/*; do
          [ ! -e "$command" ] || wrap "''${command##*/}" "$command"
        done
      done
    '';

  python3Packages = {
    callPackage =
      path: given:
      let
        function = import path;
        named = lib.intersectAttrs (lib.functionArgs function) (pkgs // python3Packages);
      in
      function (named // given);
    inherit buildPythonPackage;
    buildPythonApplication = buildPythonPackage;
    pytestCheckHook = {
      isPytestCheckHook = true;
      packages = [ python3Packages.pytest ];
    };
    click = fromWheel "click" [ ];
    falcon = fromWheel "falcon" [ ];
    inherit (pkgs) mypy;
    h11 = fromWheel "h11" [ ];
    hypothesis = fromWheel "hypothesis" [ python3Packages.sortedcontainers ];
    iniconfig = fromWheel "iniconfig" [ ];
    packaging = fromWheel "packaging" [ ];
    pluggy = fromWheel "pluggy" [ ];
    pygments = fromWheel "pygments" [ ];
    pytest = fromWheel "pytest" (
      with python3Packages;
      [
        iniconfig
        packaging
        pluggy
        pygments
      ]
    );
    setuptools = fromWheel "setuptools" [ ];
    sortedcontainers = fromWheel "sortedcontainers" [ ];
    uvicorn = fromWheel "uvicorn" (
      with python3Packages;
      [
        click
        h11
      ]
    );
  };
in
{
  inherit python3Packages;
  python3 = {
    pkgs = python3Packages;
    inherit sitePackages withPackages;
  };
}
