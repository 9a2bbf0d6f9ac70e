# Streams a database dump to standard output and ends with the dump's own exit status, or else the compressor's.
# $1: words to put before it (nice), may be empty; $2: gzip, or nothing; $3: the dump command, as words; rest: its arguments.
set -u
calm=$1 compress=$2 command=$3
shift 3
exec </dev/null
set -f
if [ -z "$compress" ]; then
    # shellcheck disable=SC2086
    exec $calm $command "$@"
fi
exec 3>&1
# A pipeline's own status tells of one program only.
# shellcheck disable=SC2086
statuses=$(
    {
        {
            $calm $command "$@" 3>&- 4>&-
            echo "$?" >&4
        } | {
            $calm "$compress" -1 -c >&3 3>&- 4>&-
            echo "$?" >&4
        }
    } 4>&1
)
# shellcheck disable=SC2086
set -- $statuses
[ "$#" -eq 2 ] || exit 98
[ "$1" -eq 0 ] || exit "$1"
exit "$2"
