# shellcheck shell=bash
# Stack `local` in the state of the sandbox, with the settings that sandbox/env gives.

inputs() {
  grep encryptionsalt Pulumi.local.yaml
}

present() {
  compgen -G "$SANDBOX_HOME/state/.pulumi/stacks/*/local.json" >/dev/null
}

work() {
  mkdir -p "$SANDBOX_HOME/state" "$SANDBOX_HOME/pulumi-home"
  chmod 700 "$SANDBOX_HOME/state"
  unset PULUMI_BACKEND_URL PULUMI_HOME PULUMI_CONFIG_PASSPHRASE PULUMI_CONFIG_PASSPHRASE_FILE
  # shellcheck source=sandbox/env
  source sandbox/env
  present || pulumi stack init local
}

advice() {
  echo "the state is in .sandbox/state; \`sandbox/remove\` removes it with all else, for a new start"
}
