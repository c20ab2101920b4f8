# shellcheck shell=bash
# The base root file system of the sandbox machines.

inputs() {
  cat sandbox/machines/root
}

present() {
  [[ -d $SANDBOX_HOME/root/usr ]]
}

work() {
  sandbox/machines/root "$SANDBOX_HOME/root" | while read -r line; do
    echo "$line"
    progress "${line#base root: }"
  done
}

advice() {
  echo "check that Debian's mirror can be reached with: apt-get update"
}
