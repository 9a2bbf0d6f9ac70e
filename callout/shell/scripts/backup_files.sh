# Streams the files whose names come on standard input, each ended by a zero byte, as tar. Nothing is written here.
# $1: gnu or busybox; $2: words to put before a reader (nice, ionice), may be empty; $3: words for GNU tar, may be empty.
# Ends with a line `callout-status tar NUMBER` on standard error.
set -u
LC_ALL=C
export LC_ALL
kind=$1 calm=$2 options=$3

if [ "$kind" = gnu ]; then
    # One tar reads the list, so that hard links are seen across the whole.
    # shellcheck disable=SC2086  # $calm and $options are words
    $calm tar --create --file=- --format=pax --numeric-owner --no-recursion $options --null --files-from=-
    echo "callout-status tar $?" >&2
else
    # busybox tar reads no list that could hold a newline: xargs hands the names over, in batches; each makes an
    # archive of its own, one behind the other. A file with names in several batches comes in each of them.
    # shellcheck disable=SC2086,SC2016
    $calm xargs -0 sh -c '
        tar --no-recursion -cf - "$@"
        echo "callout-status tar $?" >&2' callout
    echo "callout-status xargs $?" >&2
fi
