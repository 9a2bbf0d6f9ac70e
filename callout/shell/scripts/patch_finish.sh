# shellcheck shell=sh disable=SC2034,SC2154 # patch_common.sh is sent before this
# Removes everything of a transaction but its result, the lock last: $1 work folder, $2 our token, $3 the
# transaction's id; the specification on standard input. May be run again. Answers `finished`, or `failed N WHY`.
need sync rm rmdir
work=$1
id=$3
trap '' HUP INT TERM PIPE
read_specification
hold "$work" "$2"
while read -r number _ _ path; do
    [ -n "$number" ] || continue
    enter "$path" || { echo "failed $number way-changed"; exit 4; }
    rm -f "./.callout-$id-$number.new" "./.callout-$id-$number.old" || { echo "failed $number left-behind"; exit 4; }
    durable .
done <<END
$specification
END
cd / || exit 4
left() {
    echo "failed 0 left-behind"
    exit 4
}
rm -rf "$work/contents" || left
rm -f "$work/running" "$work/running.new" "$work"/draft.* || left
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
echo finished
