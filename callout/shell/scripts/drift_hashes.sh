# Reads files and tells their SHA-256, and which of them have capabilities. Writes nothing.
# $1: words to put before a reader (nice, ionice), may be empty; $2: gzip or plain, how the paths come; $3: batches, of
# paths without newline, carriage return and backslash, or single, of any. On standard input the paths, each ended by a
# zero byte. Prints `callout-hashes PACKING JOBS CAPABILITIES` (getcap or none), and then, packed or not: of batches, in
# any order, lines as sha256sum prints them and, behind the word `getcap`, as getcap does; of single ones, in order, a
# line each: the sum or `-`, and the capabilities or `-`. A file that could not be read has no line, or `-`.
# Ends with a line `callout-status hashes NUMBER` on standard error: 0 or 123 where all were tried.
# shellcheck disable=SC2086  # $calm and $pack are words
set -u
LC_ALL=C
export LC_ALL
calm=$1 came=$2 how=$3

packing='plain'
pack='cat'
if printf x | gzip -1 -c 2>/dev/null | gzip -dc >/dev/null 2>&1; then
    packing='gzip'
    pack="$calm gzip -1 -c"
fi
# Only a hasher that writes whole lines may have another one beside it.
jobs=1
if sha256sum --version 2>/dev/null | grep -q 'GNU coreutils' && printf 'x\0' | xargs -0 -P 2 -n 1 true 2>/dev/null; then
    jobs=$(nproc 2>/dev/null || grep -c '^processor' /proc/cpuinfo 2>/dev/null)
    case $jobs in
        '' | 0 | *[!0-9]* | ????*) jobs=1 ;;
    esac
fi
capabilities='none'
command -v getcap >/dev/null 2>&1 && capabilities='getcap'
printf 'callout-hashes %s %s %s\n' "$packing" "$jobs" "$capabilities"

# shellcheck disable=SC2016  # expanded by the sh that is started
case $how in
    batches)
        each=500
        look='capabilities=$1
            shift
            sha256sum "$@"
            status=$?
            [ "$capabilities" = none ] || getcap "$@" | sed "s/^/getcap /"
            exit "$status"'
        ;;
    *)
        each=1 jobs=1
        look='sum=$(sha256sum <"$2") || sum=-
            found=
            [ "$1" = none ] || found=$(getcap "$2")
            found=${found##* }
            printf "%s %s\n" "${sum%% *}" "${found:--}"'
        ;;
esac
parallel=''
[ "$jobs" -gt 1 ] && parallel="-P $jobs"

unpack='cat'
[ "$came" = gzip ] && unpack='gzip -dc'
{
    $unpack | $calm xargs -0 -r $parallel -n "$each" sh -c "$look" callout "$capabilities" 2>/dev/null
    echo "callout-status hashes $?" >&2
} | $pack
