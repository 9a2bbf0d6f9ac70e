# Streams what find finds as tar to standard output. Nothing is written here.
# $1: gnu or busybox; $2: words to put before a reader (nice, ionice), $3: more options of GNU tar, both may be empty; rest: find's arguments, without an action.
# Ends with lines `callout-status WHAT NUMBER` on standard error: a pipeline's own status tells of one program only.
set -u
LC_ALL=C
export LC_ALL
kind=$1 calm=$2 options=$3
shift 3
started=$(date +%s 2>/dev/null)
exec 3>&1

if [ "$kind" = gnu ]; then
    # One tar reads the list, so that hard links are seen across the whole. File names are parted by NUL.
    # shellcheck disable=SC2086  # $calm is words
    statuses=$(
        {
            {
                $calm find "$@" -print0 3>&-
                echo "callout-status find $?" >&4
            } | {
                $calm tar --create --file=- --format=pax --numeric-owner $options --no-recursion --null --files-from=- >&3 4>&-
                echo "callout-status tar $?" >&4
            }
        } 4>&1
    )
    echo "$statuses" >&2
else
    # busybox tar reads no list that could hold a newline: find hands the names over, in batches; each makes
    # an archive of its own, one behind the other.
    # shellcheck disable=SC2086,SC2016
    $calm find "$@" -exec sh -c '
        tar --no-recursion -cf - "$@" >&3
        echo "callout-status tar $?" >&2' callout {} + </dev/null
    echo "callout-status find $?" >&2
fi
echo "callout-status started ${started:-0}" >&2
