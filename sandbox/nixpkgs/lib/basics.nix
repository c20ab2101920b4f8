# Functions on lists, sets and strings.
rec {
  inherit (builtins)
    all
    any
    attrNames
    attrValues
    concatLists
    concatMap
    concatStringsSep
    elem
    elemAt
    filter
    foldl'
    fromJSON
    functionArgs
    genList
    hasAttr
    head
    intersectAttrs
    isAttrs
    isBool
    isFunction
    isInt
    isList
    isPath
    isString
    length
    listToAttrs
    map
    mapAttrs
    match
    pathExists
    readFile
    removeAttrs
    replaceStrings
    stringLength
    substring
    tail
    toJSON
    ;

  id = x: x;

  optional = condition: value: if condition then [ value ] else [ ];
  optionals = condition: values: if condition then values else [ ];
  optionalString = condition: text: if condition then text else "";
  optionalAttrs = condition: set: if condition then set else { };

  flatten = x: if isList x then concatMap flatten x else [ x ];
  toList = x: if isList x then x else [ x ];
  subtractLists = removed: filter (x: !elem x removed);
  unique = foldl' (seen: x: if elem x seen then seen else seen ++ [ x ]) [ ];

  nameValuePair = name: value: { inherit name value; };
  genAttrs = names: f: listToAttrs (map (name: nameValuePair name (f name)) names);
  mapAttrs' = f: set: listToAttrs (map (name: f name set.${name}) (attrNames set));
  mapAttrsToList = f: set: map (name: f name set.${name}) (attrNames set);
  filterAttrs = keep: set: removeAttrs set (filter (name: !keep name set.${name}) (attrNames set));
  recursiveUpdate =
    a: b:
    if isAttrs a && isAttrs b then
      a // mapAttrs (name: value: if a ? ${name} then recursiveUpdate a.${name} value else value) b
    else
      b;

  concatMapStringsSep =
    separator: f: list:
    concatStringsSep separator (map f list);
  concatStrings = concatStringsSep "";
  concatLines = lines: concatStrings (map (line: line + "\n") lines);
  boolToString = bool: if bool then "true" else "false";
  hasPrefix = prefix: text: substring 0 (stringLength prefix) text == prefix;
  hasSuffix =
    suffix: text:
    let
      from = stringLength text - stringLength suffix;
    in
    from >= 0 && substring from (stringLength suffix) text == suffix;
  removePrefix =
    prefix: text:
    if hasPrefix prefix text then
      substring (stringLength prefix) (stringLength text - stringLength prefix) text
    else
      text;
  escapeShellArg =
    arg:
    let
      text = toString arg;
    in
    if match "[[:alnum:],._+:@%/-]+" text == null then
      "'${replaceStrings [ "'" ] [ "'\\''" ] text}'"
    else
      text;
  escapeShellArgs = concatMapStringsSep " " escapeShellArg;

  getExe = package: "${package}/bin/${package.meta.mainProgram or package.pname or package.name}";
  makeBinPath = concatMapStringsSep ":" (package: "${package}/bin");

  # Values of a nested set that the predicate holds for.
  collect =
    isWanted: set:
    if isWanted set then
      [ set ]
    else if isAttrs set then
      concatMap (collect isWanted) (attrValues set)
    else
      [ ];

  versions.major = version: head (builtins.splitVersion version);
  licenses.mit.spdxId = "MIT";
}
