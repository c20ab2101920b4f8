# shellcheck shell=bash
# The API of the sandbox's AWS, in a virtual environment of its own, and the port that it answers on.

inputs() {
  cat sandbox/aws/requirements.txt
  readlink -f /usr/bin/python3
}

present() {
  [[ -x $SANDBOX_HOME/aws-venv/bin/moto_server && -s $SANDBOX_HOME/aws/endpoint ]]
}

# Made in place, since a virtual environment holds its own path; without its stamp it counts as absent.
# It has no pip of its own: ensurepip is in another package.
work() {
  progress "pip install"
  rm -rf "$SANDBOX_HOME/aws-venv"
  /usr/bin/python3 -m venv --without-pip "$SANDBOX_HOME/aws-venv"
  # Python compiles what it imports by itself; compiling everything takes longer than all else here.
  /usr/bin/python3 -m pip --python "$SANDBOX_HOME/aws-venv/bin/python" install --no-compile \
    --require-hashes --no-deps --only-binary=:all: --disable-pip-version-check --progress-bar off \
    -r sandbox/aws/requirements.txt
  choose_endpoint
}

# One port for the life of the sandbox, which the state of the stacks refers to.
choose_endpoint() {
  local port
  mkdir -p "$SANDBOX_HOME/aws"
  [[ ! -s $SANDBOX_HOME/aws/endpoint ]] || return 0
  port=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  echo "http://127.0.0.1:$port" >"$SANDBOX_HOME/aws/endpoint"
}

advice() {
  echo "look at pip's words above; \`pip3 config list\` shows which index it asks"
}
