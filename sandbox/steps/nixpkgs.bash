# shellcheck shell=bash
# The stand-in nixpkgs flake: sandbox/nixpkgs with the application's wheels in it.

inputs() {
  find sandbox/nixpkgs -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum
  cat "$SANDBOX_HOME/steps/wheels"
}

present() {
  [[ -f $SANDBOX_HOME/nixpkgs/flake.nix ]]
}

work() {
  local made=$SANDBOX_HOME/nixpkgs.partial
  rm -rf "$made"
  cp -r sandbox/nixpkgs "$made"
  cp -r "$SANDBOX_HOME/wheels" "$made/wheels"
  install_tree "$made" "$SANDBOX_HOME/nixpkgs"
}

advice() {
  echo "it copies sandbox/nixpkgs; is the checkout whole? \`git status\` tells"
}
