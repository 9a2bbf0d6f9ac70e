# shellcheck shell=sh disable=SC2034,SC2154 # patch_common.sh is sent before this
# Puts new contents beside their targets: $1 work folder, $2 our token, $3 the transaction's id.
# Standard input: the specification, then a tar with the new content of file N as member N.
# Answers `staged`, or `failed NUMBER WHY` with everything that was staged left for patch_rollback.sh.
need stat sha256sum tar sync cat chmod chown
work=$1
id=$3
read_specification
hold "$work" "$2"
rm -rf "$work/contents"
mkdir "$work/contents" || { echo "failed 0 work-folder"; exit 4; }
(cd "$work/contents" && tar -xf -) 2>/dev/null || { echo "failed 0 disk"; exit 4; }
fail() {
    echo "failed $number $1"
    exit 4
}
while read -r number before after path; do
    [ -n "$number" ] || continue
    enter "$path" || fail way-changed
    [ "$(image "$name")" = "$before" ] || fail changed
    [ "$after" != absent ] || continue
    new=./.callout-$id-$number.new
    rest=${after#*:}
    rm -f "$new" || fail disk
    # -C: never through something that somebody put there meanwhile.
    (set -C && cat "$work/contents/$number" >"$new") 2>/dev/null || fail disk
    chown "${rest#*:}" "$new" 2>/dev/null || fail owner
    chmod "${rest%%:*}" "$new" 2>/dev/null || fail mode
    durable "$new" || fail disk
    [ "$(image "$new")" = "$after" ] || fail copy
done <<END
$specification
END
rm -rf "$work/contents"
echo staged
