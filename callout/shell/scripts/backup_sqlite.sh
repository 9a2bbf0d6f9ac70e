# Copies an SQLite file, and the journal or log beside it, as tar to standard output. Nothing is written here.
# $1: words to put before a reader (nice), may be empty; $2: the file.
# Ends with lines on standard error: `callout-before` and `callout-after`, each with which file (file, -wal, -journal), its
# SHA-256, or absent, and its inode and times as far as they can be told; and `callout-status tar NUMBER`.
set -u
LC_ALL=C
export LC_ALL
calm=$1 file=$2
exec </dev/null
folder=${file%/*} name=${file##*/}

state() {
    for beside in '' -wal -journal; do
        sum=absent about=-
        if [ -f "$file$beside" ]; then
            # shellcheck disable=SC2086  # $calm is words
            sum=$($calm sha256sum <"$file$beside") || sum=failed
            sum=${sum%% *}
            about=$(stat -c '%i/%s/%Y/%Z' "$file$beside" 2>/dev/null) || about=-
        fi
        echo "callout-$1 ${beside:-file} $sum $about"
    done
}

before=$(state before)
set --
for beside in '' -wal -journal; do
    [ -f "$file$beside" ] && set -- "$@" "./$name$beside"
done
# shellcheck disable=SC2086
$calm tar -cf - -C "$folder/" "$@"
status=$?
after=$(state after)
printf '%s\n' "$before" "$after" "callout-status tar $status" >&2
