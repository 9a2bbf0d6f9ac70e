# shellcheck shell=sh disable=SC2034,SC2154 # patch_common.sh is sent before this
# Takes a transaction back, from wherever it stopped, and removes what it staged: $1 work folder, $2 our token,
# $3 the transaction's id, $4 the folder of kept originals or `-`; the specification on standard input. The lock stays. May be run again and again.
# Answers `undone`, or one `trouble NUMBER WHY` per file that could not be taken back, then `torn`.
need stat sha256sum sync mv rm rmdir readlink id
work=$1
id=$3
kept=$4
trap '' HUP INT TERM PIPE
read_specification
hold "$work" "$2"
rm -rf "$work/contents"
if undo_all; then
    # Nothing was changed after all: there is nothing that a second copy would be of.
    [ "$kept" = - ] || rm -rf "${kept:?}/${id:?}"
    echo undone
else
    echo torn
    exit 4
fi
