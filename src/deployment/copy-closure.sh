# shellcheck shell=bash
# Copies the closure of a store path to a machine, or has the machine build it where a derivation follows
# the store path. There is one of these for each machine, all at once, so it is small: Node.js comes in
# where a copy takes long or fails, to tell how far it is or why.
# Usage: bash copy-closure.sh "STORE_PATH [DERIVATION]" <INPUT, as src/deployment/copy-input.ts makes it
set -uo pipefail
umask 077
storePath=$1
project=$PWD
IFS= read -r -d '' input

[[ $storePath != *' '* ]] || exec node src/deployment/copy-closure.ts "$storePath" <<<"$input"

folder=$(mktemp -d "${TMPDIR:-/tmp}/copy-XXXXXXXX") || exit
trap 'rm -r "$folder"' EXIT
trap 'kill $(jobs -p); exit 143' HUP INT TERM
cd "$folder" || exit

rest=$input
for part in request arguments config known_hosts; do
  printf '%s\n' "${rest%%$'\n\n'*}" >"$part"
  rest=${rest#*$'\n\n'}
done
[[ -z $rest ]] || ln -s "$project/$rest" agent
arguments=()
while IFS= read -r word; do
  arguments+=("${word/STORE_PATH/$storePath}")
done <arguments

# Its standard input ends with the copy. So long that small ones are over though there are many of them on
# few processors. The bash 3.2 of macOS has one status for the end and for the time that is over, and tells
# nothing.
tell_what_takes_long() {
  read -r -t 8
  [[ $? -gt 128 ]] || return 0
  : >told
  cd "$project" || return 0
  node src/deployment/follow-copy.ts "$folder/log" "$storePath" || :
}

NIX_SSHOPTS="-F config" nix "${arguments[@]}" 2>log | tell_what_takes_long &
if wait %1; then
  [[ -e told ]] || sed -n 's/^@nix .*"copying \([1-9][0-9]*\) paths.*/copied \1 of \1 paths/p' log
  exit
fi
exec 3<log
rm -r "$folder"
trap - EXIT HUP INT TERM
cd "$project" || exit
exec node src/deployment/copy-closure.ts "$storePath" /dev/fd/3 <<<"$input"
