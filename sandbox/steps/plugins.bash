# shellcheck shell=bash
# The sandbox's resource plugins where Pulumi keeps plugins, each as the version of its SDK.

inputs() {
  cat package-lock.json
  ls sandbox/plugins/bin
}

present() {
  [[ -d $SANDBOX_HOME/pulumi-home/plugins ]]
}

work() {
  local made=$SANDBOX_HOME/plugins.partial launcher name version folder
  rm -rf "$made"
  mkdir -p "$made" "$SANDBOX_HOME/pulumi-home"
  for launcher in sandbox/plugins/bin/pulumi-resource-*; do
    name=${launcher##*/pulumi-resource-}
    version=$(node -p 'require(process.argv[1]).version' "./node_modules/@pulumi/$name/package.json")
    folder=$made/resource-$name-v$version
    mkdir "$folder"
    ln -s "${project:?}/$launcher" "$folder/pulumi-resource-$name"
  done
  install_tree "$made" "$SANDBOX_HOME/pulumi-home/plugins"
}

advice() {
  echo "each sandbox/plugins/bin/pulumi-resource-NAME needs @pulumi/NAME in package.json"
}
