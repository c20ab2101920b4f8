# Types of options: what they accept, and how definitions of one option become one value.
lib:
let
  inherit (lib) showOption;

  mkType = attributes: { merge = mergeOne; } // attributes;

  # Definitions that cannot be merged have to agree.
  mergeOne =
    loc: defs:
    let
      first = lib.head defs;
      other = lib.filter (def: def.value != first.value) defs;
    in
    if other == [ ] then
      first.value
    else
      throw "The option `${showOption loc}' has conflicting definition values:\n${
        lib.concatMapStringsSep "\n" (def: "- In `${def.file}'") defs
      }\nUse `lib.mkForce value' or `lib.mkDefault value' to change the priority on any of these definitions.";

  number =
    description: check:
    mkType {
      inherit description;
      check = value: lib.isInt value && check value;
    };

  text =
    description: check:
    mkType {
      inherit description;
      check = value: lib.isString value && check value;
    };

  # A name that conditions leave without a definition is not in the set, unless the set is lazy.
  setOf =
    isLazy: element:
    mkType {
      description = "${lib.optionalString isLazy "lazy "}attribute set of ${element.description}";
      check = lib.isAttrs;
      emptyValue = { };
      getSubOptions = element.getSubOptions or (_: { });
      merge =
        loc: defs:
        let
          names = lib.foldl' (all: def: all // def.value) { } defs;
          definitionsOf =
            name:
            lib.concatMap (
              def: lib.optional (def.value ? ${name}) (def // { value = def.value.${name}; })
            ) defs;
          isThere = name: isLazy || lib.isDefined (definitionsOf name);
          kept = lib.filterAttrs (name: _: isThere name) names;
        in
        lib.mapAttrs (name: _: lib.mergeDefinitions (loc ++ [ name ]) element (definitionsOf name)) kept;
    };

  types = {
    bool = mkType {
      description = "boolean";
      check = lib.isBool;
    };
    int = number "signed integer" (_: true);
    ints = {
      positive = number "positive integer, meaning >0" (value: value > 0);
      unsigned = number "unsigned integer, meaning >=0" (value: value >= 0);
      between =
        low: high:
        number "integer between ${toString low} and ${toString high} (both inclusive)" (
          value: value >= low && value <= high
        );
    };
    port = number "16 bit unsigned integer; between 0 and 65535 (both inclusive)" (
      value: value >= 0 && value <= 65535
    );
    str = text "string" (_: true);
    nonEmptyStr = text "non-empty string" (value: lib.match "[ \t\n]*" value == null);
    singleLineStr = text "(optionally newline-terminated) single-line string" (
      value: lib.match "[^\n\r]*\n?" value != null
    );
    strMatching =
      pattern: text "string matching the pattern ${pattern}" (value: lib.match pattern value != null);
    lines = text "strings concatenated with \"\\n\"" (_: true) // {
      merge = _: defs: lib.concatMapStringsSep "\n" (def: def.value) defs;
    };
    path = mkType {
      description = "absolute path";
      check = value: lib.hasPrefix "/" (toString value);
    };
    package = mkType {
      description = "package";
      check = value: value.type or null == "derivation" || lib.hasPrefix builtins.storeDir (toString value);
    };
    enum =
      values:
      mkType {
        description = "one of ${lib.concatMapStringsSep ", " lib.toJSON values}";
        check = value: lib.elem value values;
      };
    raw = mkType {
      description = "raw value";
      check = _: true;
    };
    unspecified = types.raw // {
      description = "unspecified value";
    };
    attrs = mkType {
      description = "attribute set";
      check = lib.isAttrs;
      merge = _: lib.foldl' (all: def: all // def.value) { };
    };
    anything = types.raw // {
      description = "anything";
    };
    nullOr =
      element:
      mkType {
        description = "null or ${element.description}";
        check = value: value == null || element.check value;
        merge = loc: defs: if (lib.head defs).value == null then mergeOne loc defs else element.merge loc defs;
        inherit (element) getSubOptions;
      };
    either =
      first: second:
      mkType {
        description = "${first.description} or ${second.description}";
        check = value: first.check value || second.check value;
        merge =
          loc: defs: (if lib.all (def: first.check def.value) defs then first else second).merge loc defs;
      };
    oneOf = list: lib.foldl' types.either (lib.head list) (lib.tail list);
    listOf =
      element:
      mkType {
        description = "list of ${element.description}";
        check = lib.isList;
        emptyValue = [ ];
        merge =
          loc: defs:
          lib.concatMap (
            def:
            lib.genList (
              at:
              lib.mergeDefinitions (loc ++ [ "[definition ${toString (at + 1)}-entry]" ]) element [
                (def // { value = lib.elemAt def.value at; })
              ]
            ) (lib.length def.value)
          ) defs;
        getSubOptions = element.getSubOptions or (_: { });
      };
    attrsOf = setOf false;
    lazyAttrsOf = setOf true;
    submodule =
      module:
      let
        evaluate =
          loc: defs:
          lib.evalModules {
            modules = [ module ] ++ map (def: { _file = def.file; config = def.value; }) defs;
            args.name = lib.elemAt loc (lib.length loc - 1);
            prefix = loc;
          };
      in
      mkType {
        description = "submodule";
        check = value: lib.isAttrs value || lib.isFunction value;
        emptyValue = { };
        merge = loc: defs: (evaluate loc defs).config;
        getSubOptions = loc: (evaluate (loc ++ [ "<name>" ]) [ ]).options;
      };
  };
in
types
