# shellcheck shell=sh disable=SC2034,SC2154 # patch_common.sh is sent before this
# Makes all staged files the real ones, or none: $1 work folder, $2 our token, $3 the transaction's id; the
# specification on standard input. At every moment each path holds its old image or its new one, and the old
# one stays in the room beside it as NUMBER.old (a hard link: the very file) until patch_finish.sh.
# Answers `committed`, or `failed NUMBER WHY` after everything was taken back, or `torn NUMBER WHY` where not.
need stat sha256sum sync ln mv rm rmdir readlink id
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
    into_room || fail unsafe
    [ "$(image "$name")" = "$before" ] || fail changed
    [ "$after" = absent ] || [ "$(image "./$number.new")" = "$after" ] || fail staged-changed
    if [ "$before" != absent ]; then
        rm -f "./$number.old"
        ln -T "$name" "./$number.old" 2>/dev/null || fail links
        # What was kept is what is looked at: nobody can put something else in its place any more.
        [ "$(image "./$number.old")" = "$before" ] || fail changed
    fi
    durable . || fail disk
done <<END
$specification
END
while read -r number before after path; do
    [ -n "$number" ] || continue
    enter "$path" || fail way-changed
    into_room || fail unsafe
    [ "$(image "$name")" = "$before" ] || fail changed
    if [ "$before" = "$after" ]; then
        :
    elif [ "$before" = absent ]; then
        # A link, not a rename: it never replaces what somebody put there meanwhile.
        ln -T "./$number.new" "$name" 2>/dev/null || fail rename
        rm -f "./$number.new"
    elif [ "$after" = absent ]; then
        rm -f "$name" 2>/dev/null || fail rename
    else
        mv -fT "./$number.new" "$name" 2>/dev/null || fail rename
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
