# shellcheck shell=sh disable=SC2034,SC2154 # patch_common.sh and restore_common.sh are sent before this
# Puts standard input into the file $4 of the room $3: $1 work folder, $2 our token. Answers `spooled SHA256`.
need cat mkdir sha256sum sync mv
room=$3 file=$3/$4
hold "$1" "$2"
mkdir -p "$room" || fail disk
chmod 700 "$room" || fail disk
rm -f "$file" || fail disk
(set -C && cat >"$file") 2>/dev/null || fail disk
durable "$file" || fail disk
sum=$(sha256sum <"$file") || fail disk
echo "spooled ${sum%% *}"
