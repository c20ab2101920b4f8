# The application as a Python package; its tests run in the build.
{
  lib,
  buildPythonPackage,
  falcon,
  hypothesis,
  pytestCheckHook,
  setuptools,
  uvicorn,
}:
let
  inherit (builtins.fromTOML (builtins.readFile ../../app/pyproject.toml)) project;
in
buildPythonPackage {
  pname = project.name;
  inherit (project) version;
  pyproject = true;

  # Nothing else in the folder can change the package: an edit of its pins rebuilds no machine.
  src = lib.fileset.toSource {
    root = ../../app;
    fileset = lib.fileset.unions [
      ../../app/README.md
      ../../app/pyproject.toml
      ../../app/src
      ../../app/tests
    ];
  };

  build-system = [ setuptools ];
  dependencies = [
    falcon
    uvicorn
  ];
  nativeCheckInputs = [
    hypothesis
    pytestCheckHook
  ];
  pythonImportsCheck = [ "iplz" ];

  meta = {
    inherit (project) description;
    license = lib.licenses.mit;
  };
}
