# shellcheck shell=sh disable=SC2034,SC2154 # patch_common.sh is sent before this
# Prints one original that is kept on the system: $1 the folder of kept originals, $2 the id of the transaction, $3 the
# number of its file. Reads only; 4 where it is not there.
cd -P -- "$1" 2>/dev/null && only_ours "$1" && cd -P -- "./$2" 2>/dev/null && only_ours "$1/$2" || exit 4
[ -f "./$3" ] && [ ! -L "./$3" ] && cat "./$3" || exit 4
