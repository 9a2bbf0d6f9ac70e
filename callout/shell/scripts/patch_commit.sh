# shellcheck shell=sh disable=SC2034,SC2154 # patch_common.sh is sent before this
# Makes all staged files the real ones, or none: $1 work folder, $2 our token, $3 the transaction's id; the
# specification on standard input. At every moment each path holds its old image or its new one, and the old
# one stays beside it as .callout-ID-N.old (a hard link: the very file) until patch_finish.sh.
# Answers `committed`, or `failed NUMBER WHY` after everything was taken back, or `torn NUMBER WHY` where not.
need stat sha256sum sync ln mv rm
work=$1
id=$3
# A line that goes away now must not leave us half-way.
trap '' HUP INT TERM PIPE
read_specification
hold "$work" "$2"
fail() {
    failed_number=$number
    if undo_all; then echo "failed $failed_number $1"; else echo "torn $failed_number $1"; fi
    exit 4
}
# Everything as planned and staged, and each original kept, before the first change.
while read -r number before after path; do
    [ -n "$number" ] || continue
    enter "$path" || fail way-changed
    new=./.callout-$id-$number.new
    old=./.callout-$id-$number.old
    [ "$(image "$name")" = "$before" ] || fail changed
    [ "$after" = absent ] || [ "$(image "$new")" = "$after" ] || fail staged-changed
    if [ "$before" != absent ]; then
        rm -f "$old"
        ln "$name" "$old" 2>/dev/null || fail links
    fi
    durable . || fail disk
done <<END
$specification
END
while read -r number before after path; do
    [ -n "$number" ] || continue
    enter "$path" || fail way-changed
    new=./.callout-$id-$number.new
    [ "$(image "$name")" = "$before" ] || fail changed
    if [ "$before" = absent ]; then
        # A link, not a rename: it never replaces what somebody put there meanwhile.
        ln "$new" "$name" 2>/dev/null || fail rename
        rm -f "$new"
    elif [ "$after" = absent ]; then
        rm -f "$name" 2>/dev/null || fail rename
    else
        mv -f "$new" "$name" 2>/dev/null || fail rename
    fi
done <<END
$specification
END
while read -r number before after path; do
    [ -n "$number" ] || continue
    enter "$path" || fail way-changed
    durable . || fail disk
    [ "$(image "$name")" = "$after" ] || fail read-back
done <<END
$specification
END
echo committed
