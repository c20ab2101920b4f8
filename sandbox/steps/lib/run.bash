# shellcheck shell=bash
# Runs steps side by side, each as soon as what it needs is done, and tells what happens as plain lines.

# Setups wait for each other. The steps inherit the lock: should setup be killed outright, the next one
# waits for the steps that it left behind and takes over what they made.
take_lock() {
  exec {lock}>>"$SANDBOX_HOME/lock"
  if ! flock --nonblock "$lock"; then
    echo "setup: another setup runs (process $(cat "$SANDBOX_HOME/lock")); waiting for it to end"
    flock "$lock"
  fi
  echo $$ >"$SANDBOX_HOME/lock"
}

run_steps() {
  local pipe step
  pipe=$(mktemp -u "$SANDBOX_HOME/events.XXXXXX")
  mkfifo "$pipe"
  exec 3<>"$pipe"
  rm "$pipe"

  # A process group for each step, so that it can be ended with everything it started.
  set -m
  declare -gA process=() started=() at=()
  waiting=("$@")
  next_status=2
  trap 'stop_steps; echo "setup: interrupted; run it again and it carries on from here" >&2; exit 130' INT TERM
  start_ready
  while ((${#process[@]})); do
    next_event
  done
  echo "setup: ready after $(duration "$SECONDS")"
}

start_ready() {
  local step skipped=0 left=()
  for step in "${waiting[@]}"; do
    if is_blocked "$step"; then
      left+=("$step")
    elif is_done "$step"; then
      # Another setup did it while this one waited for the lock, and others may need it.
      skipped=1
    else
      started[$step]=$SECONDS
      run_step "$step" &
      process[$step]=$!
    fi
  done
  waiting=("${left[@]}")
  ((skipped == 0)) || start_ready
}

# A need that is neither waiting nor running is done, or was before setup began.
is_blocked() {
  local need
  for need in ${needs[$1]-}; do
    [[ -z ${process[$need]-} && " ${waiting[*]} " != *" $need "* ]] || return 0
  done
  return 1
}

# Waits for one event. Every ten seconds, and once after the first two, says what each step is at.
next_event() {
  local step event text
  if ((SECONDS >= next_status)) ||
    ! read -r -t "$((next_status - SECONDS))" -u 3 step event text; then
    next_status=$((SECONDS + 10))
    show_status
    return
  fi
  case $event in
    at) at[$step]=$text ;;
    done) finish "$step" ;;
    failed) fail "$step" "$text" ;;
  esac
}

show_status() {
  local step
  for step in "${!process[@]}"; do
    say "$step" "${at[$step]-running}"
    # A step that has ended and of which no event waits here was killed outright.
    kill -0 "${process[$step]}" 2>/dev/null || read -r -t 0 -u 3 ||
      fail "$step" 'something ended it from outside'
  done
}

finish() {
  local step=$1 took
  wait "${process[$step]}"
  took=$((SECONDS - started[$step]))
  unset "process[$step]"
  ((took < 2)) || say "$step" "done in $(duration "$took")"
  start_ready
}

fail() {
  local step=$1 advice=$2
  unset "process[$step]"
  stop_steps
  {
    echo "setup: $step failed; the last lines of .sandbox/log/$step.log:"
    tail -n 20 "$SANDBOX_HOME/log/$step.log" | sed 's/^/    /'
    echo "setup: $advice"
    echo "setup: then run it again; it carries on from here"
  } >&2
  exit 1
}

# Every process of a step has inherited the lock, so it is free when the last one has ended.
stop_steps() {
  trap '' INT TERM
  signal_steps TERM
  exec {lock}>&-
  flock --timeout 5 "$SANDBOX_HOME/lock" true || signal_steps KILL
  wait
  # Bash would tell of every process that ends.
} 2>/dev/null

signal_steps() {
  local pid
  for pid in "${process[@]}"; do
    kill "-$1" -- "-$pid" || true
  done
}

say() {
  printf 'setup: %6s  %-13s %s\n' "$(duration "$SECONDS")" "$1" "$2"
}

duration() {
  (($1 < 60)) && echo "${1}s" || echo "$(($1 / 60))m $(($1 % 60))s"
}
