# shellcheck shell=sh
# The secrets of this machine, as root. A deployer sends this text with `apply`, and a request on each
# line of standard input; it gets an answer on a line for each: `ok`, `pending`, `found DIGEST`,
# `altered` or `failed REASON`. At boot nixos-secrets.service runs it with `restore`.
#
# A secret is a file in memory; beside it a record on disk has its kind, owner, group and mode on the
# first line, and below it the content, encrypted. A secret of the kind `disk` is in plain text on disk;
# its record ends with the first line, and a link to it is where others have their file.
set -u
umask 077
export LC_ALL=C
memory=/run/secrets
disk=/var/lib/secrets
records=/var/lib/nixos-secrets

# Names can be looked up by nobody, files can be opened by whom their owner and mode let.
make_folders() {
  mkdir -p "$memory" "$disk" "$records" && chmod 0751 "$memory" "$disk" && chmod 0700 "$records" ||
    return 1
  case $(stat -f -c %T "$memory") in
    tmpfs | ramfs) ;;
    *) echo "$memory is on no tmpfs" >&2 && return 1 ;;
  esac
}

folder_of() {
  if [ "$1" = disk ]; then echo "$disk"; else echo "$memory"; fi
}

# An owner that is not there is one that the new system makes: until then the file is root's alone.
own() {
  file=$1 owner=$2 group=$3 mode=$4
  if chown "$owner:$group" "$file" 2>/dev/null; then
    chmod "$mode" "$file"
  else
    chown 0:0 "$file" && chmod 0400 "$file" && echo pending
  fi
}

# Nobody but root opens the new file before it is whole, and nobody sees a part of it under its name.
publish() {
  name=$1 kind=$2 owner=$3 group=$4 mode=$5
  folder=$(folder_of "$kind")
  own "$folder/.$name.new" "$owner" "$group" "$mode" && sync "$folder/.$name.new" &&
    mv -fT "$folder/.$name.new" "$folder/$name" || return 1
  if [ "$kind" = disk ]; then link "$name"; else rm -f "$disk/$name"; fi
}

link() {
  ln -sfn "$disk/$1" "$memory/.$1.new" && mv -fT "$memory/.$1.new" "$memory/$1"
}

put() {
  name=$1 kind=$2 owner=$3 group=$4 mode=$5 base64=$6
  make_folders || return 1
  new=$(folder_of "$kind")/.$name.new
  rm -f "$new" && printf %s "$base64" | base64 -d >"$new" && record "$@" && publish "$@"
}

record() {
  name=$1 kind=$2 owner=$3 group=$4 mode=$5
  written=$records/.$name.new
  echo "$kind $owner $group $mode" >"$written" || return 1
  if [ "$kind" = memory ]; then
    systemd-creds encrypt --name="$name" "$memory/.$name.new" - >>"$written" || return 1
  fi
  sync "$written" && mv -fT "$written" "$records/$name"
}

decrypt() {
  tail -n +2 "$records/$1" | systemd-creds decrypt --name="$1" - -
}

check() {
  name=$1 kind=$2 owner=$3 group=$4 mode=$5
  probe=$memory/.$name.new
  if [ -f "$memory/$name" ] && [ "$(head -n 1 "$records/$name")" = "$kind $owner $group $mode" ]; then
    rm -f "$probe" && : >"$probe" && own "$probe" "$owner" "$group" "$mode" >/dev/null
    is=$(stat -L -c "%u %g %a" "$memory/$name") should=$(stat -c "%u %g %a" "$probe")
    rm -f "$probe"
    digest=$(sha256sum <"$memory/$name")
    [ "$kind" = disk ] || [ "$(decrypt "$name" | sha256sum)" = "$digest" ] || is=
    [ "$is" = "$should" ] && echo "found ${digest%% *}" && return
  fi
  echo altered
}

delete() {
  rm -f "$memory/$1" "$disk/$1" "$records/$1" && clean_up "$1"
}

clean_up() {
  rm -f "$memory/.$1.new" "$disk/.$1.new" "$records/.$1.new"
}

# What is stopped stays stopped; what failed may have failed for the secret.
restart() {
  case $(systemctl show --property ActiveState --value -- "$1") in
    active | activating | reloading | failed) systemctl restart -- "$1" ;;
  esac
}

# Names the values that requests have, so that no text of theirs is ever a command.
answer() {
  request=$1
  shift
  case $request in
    put) put "$@" ;;
    check) check "$@" ;;
    delete) delete "$@" ;;
    restart) restart "$@" ;;
  esac </dev/null
}

apply() {
  while read -r request name kind owner group mode base64; do
    if said=$(answer "$request" "$name" "$kind" "$owner" "$group" "$mode" "$base64" 2>&1); then
      said=$(printf %s "$said" | sed "/not located on encrypted media/d" | tail -n 1)
      echo "${said:-ok}"
    else
      clean_up "$name"
      echo "failed $(printf %s "$said" | sed "/not located on encrypted media/d" | tr "\n" " ")"
    fi
  done
}

restore() {
  make_folders || return 1
  status=0
  for path in "$records"/*; do
    [ -f "$path" ] || continue
    restore_one "${path##*/}" || status=1
  done
  return "$status"
}

restore_one() {
  name=$1
  read -r kind owner group mode <"$records/$name"
  if ! said=$(put_back "$name" "$kind" "$owner" "$group" "$mode"); then
    clean_up "$name"
    echo "The secret $name cannot be put back: pulumi refresh, then pulumi up puts it here again." >&2
    return 1
  fi
  [ -z "$said" ] || echo "The secret $name is root's: there is no user $owner or no group $group." >&2
}

put_back() {
  if [ "$2" = disk ]; then
    own "$disk/$1" "$3" "$4" "$5" && link "$1"
  else
    decrypt "$1" >"$memory/.$1.new" && publish "$@"
  fi
}

"$1"
