# shellcheck shell=sh
# What lets a system stay that runs by now, and what is done then.
# shellcheck disable=SC2154 # begin.sh sets what is asked for.

# Whoever confirms says so over a connection that did not exist before. It may first ask for the time
# that its health checks take.
await_confirmation() {
  mkfifo "$here/answer"
  exec 8<>"$here/answer"
  echo "$here" >>"$base/events"
  seconds=$confirm
  echo "Waiting for the confirmation over a new connection."
  while :; do
    # shellcheck disable=SC2016 # The inner shell expands it.
    answer=$(timeout "$seconds" sh -c 'IFS= read -r line && printf %s "$line"' <&8) || answer=
    case $answer in
      checking\ *) seconds=${answer#checking } ;;
      *) break ;;
    esac
  done
  rm "$here/answer"
  case $answer in
    confirmed) ;;
    '') go_back "nobody confirmed within $seconds s that the machine can still be reached." ;;
    *) go_back "$answer" ;;
  esac
}

# What `pulumi refresh` holds the machine to. It lies beside the profiles, so that it lasts as long as
# they do.
record() {
  activated=/nix/var/nix/activated-system
  echo "$mode $stack $system" >$activated.new
  chmod 644 $activated.new
  mv $activated.new $activated
}

clean_up() {
  if [ "$1" -eq 0 ]; then
    nix-env --profile "$profile" --delete-generations old
  else
    nix-env --profile "$profile" --delete-generations "+$1"
  fi
  # The garbage is collected beside what comes next, which need not wait for it.
  systemd-run --quiet --collect --unit nix-gc-after-activation --property Nice=19 \
    nix-store --gc 2>/dev/null || echo "A garbage collection is running already."
}
