# Sets of files, for sources that hold only what a build needs.
lib:
let
  # A fileset is a root and, below it, the paths that are in it: whole folders or single files.
  toPaths = fileset: if fileset._type or null == "fileset" then fileset.paths else [ fileset ];

  isIn =
    paths: path: type:
    lib.any (
      wanted:
      path == wanted
      || lib.hasPrefix "${wanted}/" path
      || (type == "directory" && lib.hasPrefix "${path}/" wanted)
    ) paths;
in
{
  unions = filesets: {
    _type = "fileset";
    paths = lib.concatMap toPaths filesets;
  };
  toSource =
    { root, fileset }:
    let
      paths = map toString (toPaths fileset);
      missing = lib.filter (path: !lib.pathExists path) (toPaths fileset);
    in
    if missing != [ ] then
      throw "lib.fileset.toSource: ${toString (lib.head missing)} does not exist."
    else
      {
        outPath = builtins.path {
          path = root;
          name = "source";
          filter = isIn paths;
        };
      };
}
