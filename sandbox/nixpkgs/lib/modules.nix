# Evaluates modules: collects what they import, then merges the definitions of every option.
lib:
let
  inherit (lib) showOption;

  propertyOf = value: if lib.isAttrs value then value._type or null else null;

  showDefinitions = lib.concatMapStringsSep "\n" (
    def:
    let
      isPlain = lib.isString def.value || lib.isInt def.value || lib.isBool def.value;
    in
    "- In `${def.file}'${lib.optionalString isPlain ": ${lib.toJSON def.value}"}"
  );

  # mkIf and its relatives around a set move into it, so that the set's names depend on no condition.
  pushDown =
    value:
    let
      into = property: map (lib.mapAttrs (_: property)) (pushDown value.content);
    in
    {
      merge = lib.concatMap pushDown value.contents;
      "if" = into (lib.mkIf value.condition);
      override = into (lib.mkOverride value.priority);
      order = into (lib.mkOrder value.order);
    }
    .${toString (propertyOf value)} or [ value ];

  # The definitions that conditions leave, each with its priority and order.
  discharge =
    def:
    let
      inherit (def) value;
      inner = attributes: discharge (def // { value = value.content; } // attributes);
    in
    {
      merge = lib.concatMap (content: discharge (def // { value = content; })) value.contents;
      "if" = if value.condition then inner { } else [ ];
      override = inner { inherit (value) priority; };
      order = inner { inherit (value) order; };
    }
    .${toString (propertyOf value)} or [ def ];

  strongest =
    defs:
    let
      least = lib.foldl' (least: def: if def.priority < least then def.priority else least) 9999 defs;
    in
    builtins.sort (a: b: a.order < b.order) (lib.filter (def: def.priority == least) defs);

  definitionsOf =
    defs:
    strongest (
      lib.concatMap discharge (
        map (
          def:
          {
            priority = 100;
            order = 1000;
          }
          // def
        ) defs
      )
    );

  mergeDefinitions =
    loc: type: defs:
    let
      winning = definitionsOf defs;
      wrong = lib.filter (def: !type.check def.value) winning;
    in
    if winning == [ ] then
      type.emptyValue or (throw "The option `${showOption loc}' is used but not defined.")
    else if wrong != [ ] then
      throw "A definition for option `${showOption loc}' is not of type `${type.description}'. Definition values:\n${showDefinitions wrong}"
    else
      type.merge loc winning;

  evalOption =
    loc: declarations: defs:
    let
      declaration = lib.head declarations;
      option = declaration.value;
      type = option.type or lib.types.unspecified;
      default = lib.optional (option ? default) {
        inherit (declaration) file;
        value = lib.mkOptionDefault option.default;
      };
    in
    if lib.length declarations > 1 then
      throw "The option `${showOption loc}' in `${declaration.file}' is already declared in `${(lib.elemAt declarations 1).file}'."
    else
      option
      // {
        inherit loc type;
        isDefined = definitionsOf defs != [ ];
        declarations = map (found: found.file) declarations;
        value = (option.apply or lib.id) (mergeDefinitions loc type (defs ++ default));
      };

  # One level of the tree of options, and what is defined there without being declared.
  evalTree =
    loc: declarations: defs:
    let
      below = name: lib.concatMap (item: lib.optional (item.value ? ${name}) (item // { value = item.value.${name}; }));
      pushed = lib.concatMap (def: map (value: def // { inherit value; }) (pushDown def.value)) defs;
      declared = lib.foldl' (all: found: all // found.value) { } declarations;
      level = lib.mapAttrs (
        name: _:
        let
          inner = below name declarations;
          innerLoc = loc ++ [ name ];
          innerDefs = below name pushed;
        in
        if lib.any (found: lib.isOption found.value) inner then
          rec {
            options = evalOption innerLoc inner innerDefs;
            config = options.value;
            undeclared = [ ];
          }
        else
          evalTree innerLoc inner innerDefs
      ) declared;
      undeclaredIn =
        def:
        lib.mapAttrsToList (name: value: {
          loc = loc ++ [ name ];
          inherit (def) file;
          inherit value;
        }) (lib.removeAttrs def.value (lib.attrNames declared));
    in
    {
      options = lib.mapAttrs (_: found: found.options) level;
      config = lib.mapAttrs (_: found: found.config) level;
      undeclared = lib.concatMap undeclaredIn pushed ++ lib.concatMap (found: found.undeclared) (lib.attrValues level);
    };

  keywords = [
    "_file"
    "config"
    "imports"
    "key"
    "meta"
    "options"
  ];

  # A module and all that it imports, each as { key, file, options, config }.
  collect =
    argument: origin: module:
    if lib.isPath module || lib.isString module then
      collect argument rec {
        file = toString module;
        key = file;
      } (import module)
    else if lib.isFunction module then
      collect argument origin (module (lib.mapAttrs (name: _: argument name) (lib.functionArgs module)))
    else
      let
        here = toString (module._file or origin.file);
        isLong = module ? config || module ? options;
        stray = lib.attrNames (lib.removeAttrs module keywords);
      in
      if isLong && stray != [ ] then
        throw "Module `${here}' has an unsupported attribute `${lib.head stray}'. This is caused by introducing a top-level `config' or `options' attribute. Add configuration attributes immediately on the top level instead, or move all of them into the explicit `config' attribute."
      else
        [
          {
            file = here;
            key = toString (module.key or origin.key);
            options = module.options or { };
            config = if isLong then module.config or { } else lib.removeAttrs module keywords;
          }
        ]
        ++ lib.concatMap (collect argument {
          file = here;
          key = null;
        }) (module.imports or [ ]);

  # A module with a key counts once, however often it is imported.
  withoutRepeats =
    modules:
    let
      step =
        state: module:
        if module.key == "" then
          state // { kept = state.kept ++ [ module ]; }
        else if state.seen ? ${module.key} then
          state
        else
          {
            seen = state.seen // { ${module.key} = true; };
            kept = state.kept ++ [ module ];
          };
    in
    (lib.foldl' step { seen = { }; kept = [ ]; } modules).kept;
in
{
  inherit mergeDefinitions;
  isDefined = defs: definitionsOf defs != [ ];

  evalModules =
    {
      modules,
      specialArgs ? { },
      args ? { },
      prefix ? [ ],
    }:
    let
      given = {
        inherit lib;
        inherit (tree) config options;
      }
      // specialArgs
      // args;
      argument =
        name:
        given.${name} or tree.config._module.args.${name}
          or (throw "A module asks for the argument `${name}', which nobody gives.");
      arguments = {
        _file = "lib/modules.nix";
        options._module.args = lib.mkOption {
          type = lib.types.lazyAttrsOf lib.types.raw;
          default = { };
          internal = true;
          description = "Arguments that modules may ask for.";
        };
      };
      collected = withoutRepeats (
        lib.concatMap (collect argument {
          file = "<unknown-file>";
          key = null;
        }) ([ arguments ] ++ modules)
      );
      part = name: map (module: { inherit (module) file; value = module.${name}; }) collected;
      tree = evalTree prefix (part "options") (part "config");
      first = lib.head tree.undeclared;
    in
    {
      inherit (tree) options;
      config =
        if tree.undeclared == [ ] then
          lib.removeAttrs tree.config [ "_module" ]
        else
          throw "The option `${showOption first.loc}' does not exist. Definition values:\n${showDefinitions [ first ]}";
    };
}
