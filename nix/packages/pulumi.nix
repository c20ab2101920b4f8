# The Pulumi CLI with all that this project's program needs, so that it downloads no plugin.
{
  nodejs,
  pulumi,
  writeShellApplication,
}:
writeShellApplication {
  name = "pulumi";
  runtimeInputs = [
    (pulumi.withPackages (plugins: [
      plugins.pulumi-aws
      plugins.pulumi-command
      plugins.pulumi-nodejs
    ]))
    nodejs
  ];
  text = ''
    exec pulumi "$@"
  '';
}
