# Lists what find finds, for drift: one record per file. Reads only names and inodes; writes nothing.
# $1: words to put before a reader (nice, ionice), may be empty; rest: find's arguments, without an action.
# Prints the line `callout-listing WAY PACKING SECOND` (printf or stat; gzip or plain; when it began), then the records.
# printf: path and `type size mode uid gid mtime ctime inode device links target`, each ended by a zero byte. stat:
# batches of a line `batch N`, N lines of stat (hexadecimal mode, size, uid, gid, mtime, ctime, inode, device, links), and
# N times path and target, each ended by a zero byte; the line of a file that is gone is `-`.
# Ends with a line `callout-status find NUMBER` on standard error, and one for xargs where that made the batches.
set -u
LC_ALL=C
export LC_ALL
calm=$1
shift
exec </dev/null

if find / -maxdepth 0 -printf '' >/dev/null 2>&1; then
    way='printf'
else
    way='stat'
fi
packing='plain'
pack='cat'
if printf x | gzip -1 -c 2>/dev/null | gzip -dc >/dev/null 2>&1; then
    packing='gzip'
    pack="$calm gzip -1 -c"
fi
printf 'callout-listing %s %s %s\n' "$way" "$packing" "$(date +%s)"

# busybox find makes the batches of `-exec +` longer than the kernel takes where the environment is not small, says so,
# leaves them out, and ends with 0. xargs makes short ones; where it knows no -0, each entry is a batch of its own.
# shellcheck disable=SC2016  # expanded by the sh that is started
describe='
    [ "$#" -gt 0 ] || exit 0
    format="%f %s %u %g %Y %Z %i %d %h"
    if ! facts=$(stat -c "$format" "$@" 2>/dev/null); then
        facts=$(for path; do stat -c "$format" "$path" 2>/dev/null || echo -; done)
    fi
    printf "batch %s\n%s\n" "$#" "$facts"
    for path; do
        target=.
        # The dot keeps newlines at the end of a target; readlink ends it with one of its own.
        [ -L "$path" ] && target=$(readlink "$path" 2>/dev/null && echo .)
        target=${target%.}
        printf "%s\0%s\0" "$path" "${target%?}"
    done'

list() {
    if [ "$way" = printf ]; then
        # shellcheck disable=SC2086  # $calm is words
        $calm find "$@" -printf '%p\0%y %s %m %U %G %T@ %C@ %i %D %n %l\0'
        echo "callout-status find $?" >&2
    elif [ "$(find / -maxdepth 0 -print0 2>/dev/null | xargs -0 -n 1 echo 2>/dev/null)" = / ]; then
        # shellcheck disable=SC2086
        {
            $calm find "$@" -print0
            echo "callout-status find $?" >&2
        } | $calm xargs -0 -n 1000 sh -c "$describe" callout
        echo "callout-status xargs $?" >&2
    else
        # shellcheck disable=SC2086
        $calm find "$@" -exec sh -c "$describe" callout {} \;
        echo "callout-status find $?" >&2
    fi
}

# shellcheck disable=SC2086  # words
list "$@" | $pack
