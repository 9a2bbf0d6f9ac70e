# shellcheck shell=sh disable=SC2034,SC2154 # patch_common.sh and restore_common.sh are sent before this
# Loads the dump $4 of the room $3: $1 work folder, $2 our token, $5 the client as words, $6 the database. It does not
# stop when the line goes. Answers `loaded`, or what the client said and `failed load`.
need cat
room=$3 file=$4 client=$5 database=$6
trap '' HUP INT TERM PIPE
hold "$1" "$2"
[ -s "$room/$file" ] || fail gone
set -f
# shellcheck disable=SC2086  # a command of the profile is words, on purpose
said=$($client "$database" <"$room/$file" 2>&1 >/dev/null) || {
    printf '%s\n' "$said" >&2
    fail load
}
echo loaded
