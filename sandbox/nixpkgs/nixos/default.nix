# lib.nixosSystem: evaluates a configuration's modules with those of this folder.
{ self, lib }:
{
  modules,
  system ? null,
  specialArgs ? { },
}:
let
  evaluated = lib.evalModules {
    modules = import ./module-list.nix ++ lib.optional (system != null) { nixpkgs.hostPlatform = system; } ++ modules;
    specialArgs = specialArgs // {
      modulesPath = toString ./modules;
    };
    args.pkgs = pkgs;
  };
  pkgs = self.legacyPackages.${evaluated.config.nixpkgs.hostPlatform};
  failed = lib.filter (assertion: !assertion.assertion) evaluated.config.assertions;
  messages = lib.concatMapStringsSep "\n" (assertion: "- ${assertion.message}") failed;
in
{
  inherit (evaluated) options;
  inherit pkgs;
  config =
    if failed == [ ] then evaluated.config else throw "\nFailed assertions:\n${messages}";
}
