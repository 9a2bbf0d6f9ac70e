# shellcheck shell=sh disable=SC2034,SC2154 # patch_common.sh is sent before this
# Puts new contents into rooms beside their targets: $1 work folder, $2 our token, $3 the transaction's id, $4 the
# folder in which a second copy of the originals is kept, or `-`.
# Standard input: the specification, then a tar with the new content of file N (a link's target) as member N.
# Answers `staged`, or `failed NUMBER WHY` with everything that was staged left for patch_rollback.sh. Before that
# `unkept WHY` where there is no second copy: the change is none the worse for it.
need stat sha256sum tar sync cat chmod chown readlink id mkdir ln
MOST_KEPT=40
work=$1
id=$3
kept=$4
read_specification
hold "$work" "$2"
rm -rf "$work/contents"
mkdir "$work/contents" || { echo "failed 0 work-folder"; exit 4; }
(cd "$work/contents" && tar -xf -) 2>/dev/null || { echo "failed 0 disk"; exit 4; }
# What leads out of a room has to take its target as a name, whatever is there: an old mv or ln cannot.
(cd "$work/contents" && : >./probe && : >./other && ln -T ./probe ./twin && mv -fT ./other ./probe && rm ./probe ./twin) \
    2>/dev/null || { echo "failed 0 no-target"; exit 4; }
fail() {
    echo "failed $number $1"
    exit 4
}
while read -r number before after path; do
    [ -n "$number" ] || continue
    enter "$path" || fail way-changed
    [ "$(image "$name")" = "$before" ] || fail changed
    make_room || fail disk
    durable .
    into_room || fail unsafe
    [ "$after" != absent ] || continue
    new=./$number.new
    rest=${after#*:}
    rm -f "$new" || fail disk
    case $after in
        link:*)
            target=$(cat "$work/contents/$number" && echo .) || fail disk
            ln -s -- "${target%.}" "$new" 2>/dev/null || fail disk
            chown -h "${rest#*:}" "$new" 2>/dev/null || fail owner
            ;;
        *)
            cat "$work/contents/$number" 2>/dev/null >"$new" || fail disk
            chown "${rest#*:}" "$new" 2>/dev/null || fail owner
            chmod "${rest%%:*}" "$new" 2>/dev/null || fail mode
            durable "$new" || fail disk
            ;;
    esac
    durable . || fail disk
    [ "$(image "$new")" = "$after" ] || fail copy
done <<END
$specification
END
rm -rf "$work/contents"
# The second copy: contents only, each checked against its image; owners and modes are on our side.
keep_originals() {
    [ ! -L "$kept" ] && { [ -d "$kept" ] || mkdir -m 700 "$kept" 2>/dev/null; } || return 1
    cd -P -- "$kept" && only_ours "$kept" || return 1
    rm -rf "./$id"
    set -- ./*
    [ "$#" -lt "$MOST_KEPT" ] || return 1
    mkdir -m 700 "./$id" 2>/dev/null || return 1
    while read -r number before after path; do
        if [ -z "$number" ] || [ "$before" = absent ]; then continue; fi
        copy=$kept/$id/$number
        enter "$path" || return 1
        case $before in
            link:*) readlink -n "$name" 2>/dev/null >"$copy" && whole=${before#link:} ;;
            *) cat "$name" 2>/dev/null >"$copy" && whole=$before ;;
        esac || return 1
        copied=$(sha256sum <"$copy") || return 1
        [ "${copied%% *}" = "${whole%%:*}" ] || return 1
        durable "$copy" || return 1
    done <<END
$specification
END
    durable "$kept/$id" && durable "$kept"
}
if [ "$kept" != - ] && ! keep_originals; then
    rm -rf "${kept:?}/${id:?}"
    echo "unkept there"
fi
echo staged
