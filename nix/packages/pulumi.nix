# The Pulumi CLI with its Node language host, the program's plugins, and Node.
{
  lib,
  nodejs,
  pulumi-bin,
  pulumiPackages,
  writeShellApplication,
}:
let
  inherit (builtins.fromJSON (builtins.readFile ../../package.json)) dependencies;
  # Pulumi takes a plugin on PATH whatever its version. One of another major version than the
  # program's would misread it, so it is left out: Pulumi then downloads its own.
  awsMajor = lib.versions.major dependencies."@pulumi/aws";
  commandMajor = lib.versions.major dependencies."@pulumi/command";

  # nixpkgs has the aws plugin only here, among forty others of some hundred megabytes each.
  cli = pulumi-bin.overrideAttrs (old: {
    srcs = lib.filter (
      source: lib.any (prefix: lib.hasPrefix prefix source.name) wantedSources
    ) old.srcs;
  });
  wantedSources = [
    "pulumi-v"
    "pulumi-resource-aws-v${awsMajor}."
  ];
  commandPlugin = lib.optional (
    lib.versions.major pulumiPackages.pulumi-command.version == commandMajor
  ) pulumiPackages.pulumi-command;
in
writeShellApplication {
  name = "pulumi";
  runtimeInputs = [
    cli
    nodejs
  ]
  ++ commandPlugin;
  text = ''
    exec pulumi "$@"
  '';
}
