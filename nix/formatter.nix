# `nix fmt`: formats the Nix files given, or all of them, and takes dead code out.
{
  deadnix,
  git,
  nixfmt,
  statix,
  writeShellApplication,
}:
writeShellApplication {
  name = "format-nix";
  runtimeInputs = [
    deadnix
    git
    nixfmt
    statix
  ];
  # Asks Git for the files: node_modules and .sandbox hold Nix files of others.
  text = ''
    git ls-files -z --cached --others --exclude-standard -- "''${@:-.}" |
      while IFS= read -r -d "" file; do
        case $file in *.nix)
          deadnix --edit "$file"
          statix fix "$file"
          nixfmt "$file"
          ;;
        esac
      done
  '';
}
