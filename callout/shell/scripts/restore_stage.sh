# shellcheck shell=sh disable=SC2034,SC2154 # patch_common.sh and restore_common.sh are sent before this
# Unpacks the tar of standard input into a room: $1 work folder, $2 our token, $3 the room, $4 tar's options as words.
# Nothing but the room is touched. Answers `staged` or `failed WHY`.
need tar mkdir rm mv sync
room=$3 options=$4
hold "$1" "$2"
rm -rf "$room/new" || fail disk
mkdir -p "$room/new" || fail disk
chmod 700 "${room%/*}" "$room" || fail disk
set -f
# shellcheck disable=SC2086  # options are words
(cd "$room/new" && exec tar $options -xf -) >/dev/null || fail disk
set +f
flush
phase staged || fail disk
echo staged
