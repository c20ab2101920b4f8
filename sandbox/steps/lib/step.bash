# shellcheck shell=bash
# One step of setup: a file sandbox/steps/NAME.bash that defines
#   inputs   prints everything that the result depends on
#   present  succeeds when the result is there
#   work     makes the result, at a temporary place first
#   advice   what a person can do when it fails
# and runs in a subshell of its own.

# The stamp of a step holds the hash of its inputs and is written after its work, so a step that was
# interrupted has none.
is_done() (
  local stamped=
  # shellcheck disable=SC1090
  source "sandbox/steps/$1.bash"
  read -r stamped <"$SANDBOX_HOME/steps/$1" || return 1
  [[ $stamped == "$(hash_inputs "$1")" ]] && present
) 2>/dev/null

hash_inputs() {
  { cat "sandbox/steps/$1.bash" && inputs; } | sha256sum | cut -d ' ' -f 1
}

# Runs with descriptor 3 open for events; everything else that it prints goes to its log.
run_step() (
  # shellcheck disable=SC2030
  step=$1
  trap - INT TERM
  # shellcheck disable=SC1090
  source "sandbox/steps/$step.bash"
  exec >"$SANDBOX_HOME/log/$step.log" 2>&1 </dev/null
  rm -f "$SANDBOX_HOME/steps/$step"
  set -eE
  trap 'echo "$step failed $(advice)" >&3' ERR
  hash=$(hash_inputs "$step")
  work
  present
  echo "$hash" >"$SANDBOX_HOME/steps/$step"
  echo "$step done" >&3
)

# What the step that calls it is at; shown while it runs.
progress() {
  # shellcheck disable=SC2031
  echo "${step:?} at $*" >&3
}

# Passes its input on and shows how many lines there were, with FORMAT, twice a second at most.
count_lines() {
  local format=$1 count=0 shown=0 line
  while IFS= read -r line; do
    printf '%s\n' "$line"
    count=$((count + 1))
    if ((${EPOCHREALTIME//[.,]/} - shown > 500000)); then
      shown=${EPOCHREALTIME//[.,]/}
      # shellcheck disable=SC2059
      progress "$(printf "$format" "$count")"
    fi
  done
}

# Puts FILE at TARGET in one move, replacing what is there, and never leaves half of it.
install_tree() {
  local made=$1 target=$2
  rm -rf "$target.old"
  [[ ! -e $target ]] || mv -T "$target" "$target.old"
  mv -T "$made" "$target"
  rm -rf "$target.old"
}

# Succeeds when version $1 is $2 or newer.
is_at_least() {
  printf '%s\n%s\n' "$2" "$1" | sort -V -C
}
