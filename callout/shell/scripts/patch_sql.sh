# shellcheck shell=sh disable=SC2034,SC2154 # patch_common.sh is sent before this
# Gives SQL to the database's client: $1 work folder, $2 our token, $3 SHA-256 of the SQL, $4 the client as words,
# $5 the database; the SQL on standard input. SQL that was cut on its way is not begun, and one that is begun does not
# stop when the line goes. Prints what the client printed, each line after `row `, and the first line of what it
# complained after `said `, then `ended STATUS`.
need cat sha256sum rm head sed
work=$1
client=$4
database=$5
trap '' HUP INT TERM PIPE
hold "$work" "$2"
cat 2>/dev/null >"$work/sql" || { echo "failed 0 disk"; exit 4; }
sum=$(sha256sum <"$work/sql") || sum=
[ "${sum%% *}" = "$3" ] || { echo "failed 0 cut"; exit 4; }
set -f
status=0
# shellcheck disable=SC2086  # a command of the profile is words, on purpose
$client "$database" <"$work/sql" >"$work/sql.rows" 2>"$work/sql.said" || status=$?
set +f
head -n 200 "$work/sql.rows" | sed 's/^/row /'
# MariaDB's client repeats the statement before it says what was wrong with it.
{ sed -n '/^ERROR/{p;q;}' "$work/sql.said"; head -n 1 "$work/sql.said"; } | head -n 1 | head -c 400 | sed 's/^/said /'
echo
rm -f "$work/sql" "$work/sql.rows" "$work/sql.said"
echo "ended $status"
