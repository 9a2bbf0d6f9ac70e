# shellcheck shell=sh disable=SC2034,SC2154 # patch_common.sh is sent before this
# Removes everything of a transaction but its result and the kept originals, the lock last: $1 work folder, $2 our
# token, $3 the transaction's id, $4 the folder of kept originals or `-`, $5 and on ids of transactions whose originals need
# not be kept there any more; the specification on standard input. May be run again. Answers `finished`, or
# `failed N WHY`.
need stat sync rm rmdir id
work=$1
token=$2
id=$3
kept=$4
shift 4
trap '' HUP INT TERM PIPE
read_specification
hold "$work" "$token"
clear_rooms || { echo "failed ${number:-0} left-behind"; exit 4; }
left() {
    echo "failed 0 left-behind"
    exit 4
}
# A folder of that name that is not ours alone is none of ours.
if [ "$kept" != - ] && cd -P -- "$kept" 2>/dev/null && only_ours "$kept"; then
    for forgotten in "$@"; do
        case $forgotten in *[!0-9a-f]* | '') continue ;; esac
        rm -rf "./$forgotten" || left
    done
    durable .
    cd / || left
    # Stays where other originals are in it.
    rmdir "$kept" 2>/dev/null
fi
cd / || exit 4
rm -rf "$work/contents" || left
rm -f "$work/running" "$work/running.new" "$work"/draft.* "$work/sql" "$work/sql.rows" "$work/sql.said" || left
# The highest owner goes last: as long as it is there, the lock is ours.
step=1
while [ "$step" -le "$generation" ]; do
    rm -f "$work/owner.$step" || left
    step=$((step + 1))
done
if ! rmdir "$work" 2>/dev/null && [ -d "$work" ]; then
    # Somebody who waited may have begun in it already; then it is theirs.
    read_owner "$work"
    [ "$generation" -gt 0 ] || left
fi
# Else a loss of power could bring the lock back, and nobody would be there to take it away again.
durable "${work%/*}"
echo finished
