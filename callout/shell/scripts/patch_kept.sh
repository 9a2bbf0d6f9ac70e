# shellcheck shell=sh disable=SC2034,SC2154 # patch_common.sh is sent before this
# Prints the originals that are kept on the system: $1 the folder of kept originals, $2 the id of the transaction, $3…
# numbers of its files; one after the other, nothing between. Reads only; 4 where one is not there.
kept=$1
id=$2
shift 2
cd -P -- "$kept" 2>/dev/null && only_ours "$kept" && cd -P -- "./$id" 2>/dev/null && only_ours "$kept/$id" || exit 4
for number in "$@"; do
    [ -f "./$number" ] && [ ! -L "./$number" ] && cat "./$number" || exit 4
done
