# Sums up the regular files below folders. Reads only names and inodes; writes nothing.
# $1: words to put before find (nice), may be empty; $2: how many folders are searched with find's tests; $3: how many
# without them, on their own file system only; then those folders; rest: find's tests.
# Prints per folder `place<TAB>files<TAB>bytes<TAB>exit status of find`, place from 1; `place<TAB>absent`; then `end`.
set -u
LC_ALL=C
export LC_ALL
calm=$1 tested=$2 whole=$3 folder='' way=''
shift 3
exec </dev/null

if ! command -v awk >/dev/null 2>&1; then
    printf 'missing\tawk\n'
elif find / -maxdepth 0 -printf '' >/dev/null 2>&1; then
    way='printf'
elif stat -c '%h %d:%i %s' / >/dev/null 2>&1; then
    way='stat'
else
    printf 'missing\tstat\n'
fi

batches=''
[ "$(find / -maxdepth 0 -print0 2>/dev/null | xargs -0 -n 1 echo 2>/dev/null)" = / ] && batches=yes

# A file with several names is counted once: that is how often tar sends its content.
sum() {
    awk '
        $1 == "status" { if ($2 > status) status = $2; next }
        $1 > 1 && seen[$2]++ { next }
        { files++; bytes += $3 }
        END { printf "%d\t%.0f\t%d\n", files, bytes, status }'
}

place=0
while [ -n "$way" ] && [ "$place" -lt $((tested + whole)) ]; do
    place=$((place + 1))
    eval "folder=\${$place}"
    if [ ! -e "$folder" ] && [ ! -L "$folder" ]; then
        printf '%s\tabsent\n' "$place"
        continue
    fi
    printf '%s\t' "$place"
    (
        shift $((tested + whole))
        if [ "$place" -gt "$tested" ]; then
            set -- -xdev
        fi
        {
            # shellcheck disable=SC2086  # $calm is words
            if [ "$way" = printf ]; then
                $calm find "$folder" "$@" -type f -printf '%n %D:%i %s\n'
            elif [ -n "$batches" ]; then
                # No `-exec +`: busybox find makes its batches too long, leaves them out, and ends with 0.
                {
                    {
                        $calm find "$folder" "$@" -type f -print0
                        echo "status $?" >&3
                    } | $calm xargs -0 -n 1000 sh -c '[ "$#" -eq 0 ] || exec stat -c "%h %d:%i %s" "$@"' callout
                } 3>&1
            else
                $calm find "$folder" "$@" -type f -exec stat -c '%h %d:%i %s' {} \;
            fi
            echo "status $?"
        } 2>/dev/null | sum
    )
done
printf 'end\n'
