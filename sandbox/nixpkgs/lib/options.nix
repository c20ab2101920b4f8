# How modules declare and define options.
lib:
let
  property = _type: attributes: attributes // { inherit _type; };
in
rec {
  mkOption = attributes: property "option" attributes;
  mkEnableOption =
    name:
    mkOption {
      type = lib.types.bool;
      default = false;
      example = true;
      description = "Whether to enable ${name}.";
    };
  mkPackageOption =
    pkgs: name: _:
    mkOption {
      type = lib.types.package;
      default = pkgs.${name};
      description = "The ${name} package to use.";
    };
  isOption = value: lib.isAttrs value && value._type or null == "option";
  literalExpression = text: property "literalExpression" { inherit text; };
  literalMD = text: property "literalMD" { inherit text; };

  # An option and those of the submodules in it, as the manual lists them.
  optionAttrSetToDocList =
    option:
    let
      inner = lib.removeAttrs (option.type.getSubOptions or (_: { }) option.loc) [ "_module" ];
    in
    [
      {
        name = showOption option.loc;
        description = option.description or null;
        inherit (option) loc declarations;
      }
    ]
    ++ lib.concatMap optionAttrSetToDocList (lib.collect isOption inner);

  mkIf = condition: content: property "if" { inherit condition content; };
  mkMerge = contents: property "merge" { inherit contents; };
  mkOverride = priority: content: property "override" { inherit priority content; };
  mkOptionDefault = mkOverride 1500;
  mkDefault = mkOverride 1000;
  mkForce = mkOverride 50;
  mkOrder = order: content: property "order" { inherit order content; };
  mkBefore = mkOrder 500;
  mkAfter = mkOrder 1500;

  showOption = lib.concatStringsSep ".";
}
