# Every option that a module of this flake declares has a description.
{ pkgs, hosts }:
let
  inherit (pkgs) lib;
  isOurs = option: lib.any (lib.hasPrefix (toString ../modules)) (map toString option.declarations);
  optionsOf = host: lib.filter isOurs (lib.collect lib.isOption host.options);
  # Of an option that holds submodules, their options too.
  documentation = lib.concatMap lib.optionAttrSetToDocList (
    lib.concatMap optionsOf (lib.attrValues hosts)
  );
  undocumented = lib.filter (option: option.description == null) documentation;
  names = lib.unique (map (option: option.name) undocumented);
in
if names == [ ] then
  pkgs.runCommand "options-documented" { } ''touch "$out"''
else
  throw "Options without a description: ${lib.concatStringsSep ", " names}."
