# Lists what find finds: one record per entry. Reads only names and inodes; writes nothing.
# $1: words to put before a reader (nice, ionice), may be empty; $2: empty, or a second (of this system's clock): then
# only what was changed at or after it; rest: find's arguments, without an action.
# Prints the line `callout-listing WAY PACKING SECOND` (printf or stat; gzip or plain; when it began), then the records.
# printf: `type size mtime ctime inode device mode uid gid links path`, ended by a zero byte. stat: batches of a line
# `batch N`, N lines of stat (hexadecimal mode, size, mtime, ctime, inode, device, uid, gid, links), and the N paths, each
# ended by a zero byte; the facts of a file that is gone are `-`. Ends with a line `callout-status find NUMBER` on standard error,
# and one for xargs where that made the batches.
set -u
LC_ALL=C
export LC_ALL
calm=$1 since=$2
shift 2
exec </dev/null

if find / -maxdepth 0 -printf '' >/dev/null 2>&1; then
    way='printf'
else
    way='stat'
fi
packing='plain'
pack='cat'
if printf x | gzip -c 2>/dev/null | gzip -dc >/dev/null 2>&1; then
    packing='gzip'
    pack='gzip -c'
fi
printf 'callout-listing %s %s %s\n' "$way" "$packing" "$(date +%s)"

# busybox find makes the batches of `-exec +` longer than the kernel takes where the environment is not small, says so,
# leaves them out, and ends with 0. xargs makes short ones; where it knows no -0, each entry is a batch of its own.
# shellcheck disable=SC2016  # expanded by the sh that is started
describe='
    since=$1
    shift
    [ "$#" -gt 0 ] || exit 0
    format="%f %s %Y %Z %i %d %u %g %h"
    if ! facts=$(stat -c "$format" "$@" 2>/dev/null); then
        facts=$(for path; do stat -c "$format" "$path" 2>/dev/null || echo -; done)
    fi
    if [ -n "$since" ]; then
        # A zero byte may be in no variable: the places of those that are wanted are found first.
        places=$(printf "%s\n" "$facts" | awk -v since="$since" "\$4 + 0 >= since + 0 { print NR }")
        [ -n "$places" ] || exit 0
        facts=$(printf "%s\n" "$facts" | awk -v since="$since" "\$4 + 0 >= since + 0")
        wanted=0
        for place in $places; do
            eval "path=\${$place}"
            # Those that are wanted are put behind the others.
            set -- "$@" "$path"
            wanted=$((wanted + 1))
        done
        shift $(($# - wanted))
    fi
    printf "batch %s\n%s\n" "$#" "$facts"
    printf "%s\0" "$@"'

list_in_batches() {
    if [ "$(find / -maxdepth 0 -print0 2>/dev/null | xargs -0 -n 1 echo 2>/dev/null)" = / ]; then
        # shellcheck disable=SC2086  # $calm is words
        {
            $calm find "$@" -print0
            echo "callout-status find $?" >&2
        } | $calm xargs -0 -n 1000 sh -c "$describe" callout "$since"
        echo "callout-status xargs $?" >&2
    else
        # shellcheck disable=SC2086
        $calm find "$@" -exec sh -c "$describe" callout "$since" {} \;
        echo "callout-status find $?" >&2
    fi
}

list() {
    if [ "$way" = printf ]; then
        if [ -n "$since" ] && find / -maxdepth 0 -newerct "@$since" >/dev/null 2>&1; then
            set -- "$@" -newerct "@$since"
        fi
        # shellcheck disable=SC2086  # $calm is words
        $calm find "$@" -printf '%y %s %T@ %C@ %i %D %m %U %G %n %p\0'
    else
        list_in_batches "$@"
        return
    fi
    echo "callout-status find $?" >&2
}

list "$@" | $pack
