# shellcheck shell=sh disable=SC2034,SC2154,SC2030,SC2031 # patch_common.sh and restore_common.sh are sent before this
# Takes a room back from wherever it stopped: $1 work folder, $2 our token, $3 the room. What had been put in place goes
# to gone/, so that nothing is lost. A room that never came so far is left. May be run again. Answers `undone` or
# `failed WHY`.
need ln mv rm mkdir stat chown chmod touch sync
room=$3
trap '' HUP INT TERM PIPE
hold "$1" "$2"
word=
[ -r "$room/phase" ] && read -r word <"$room/phase"
case $word in kept | swapping | swapped | undoing) ;; *) echo undone; exit 0 ;; esac
# Away with $1 (it is below folder $2), but not for ever. What is there already was put there by an undo that was cut.
take_away() {
    is_there "$room/gone$1" && return 0
    mirror "$room/gone$2" || fail disk
    if is_folder "$1"; then mv "$1" "$room/gone$1" 2>/dev/null; else ln "$1" "$room/gone$1" 2>/dev/null; fi || fail links
}
# What we put where nothing was. A name that is still in new/ was not put anywhere.
remove() {
    stands "$1" || return 0
    for mark in "$room/none$1"/* "$room/none$1"/.[!.]* "$room/none$1"/..?*; do
        is_there "$mark" || continue
        target=$1/${mark##*/}
        if [ -d "$mark" ]; then
            (remove "$target") || exit 4
        elif is_there "$target" && ! is_there "$room/new$target"; then
            take_away "$target" "$1"
            is_folder "$target" || rm -f "$target" || fail rename
        fi
    done
}
put_back() {
    stands "$1" || fail way-changed
    for kept in "$room/old$1"/* "$room/old$1"/.[!.]* "$room/old$1"/..?*; do
        is_there "$kept" || continue
        target=$1/${kept##*/}
        if is_folder "$kept"; then
            (put_back "$target") || exit 4
        elif ! is_there "$target" || ! is_there "$room/new$target"; then
            if is_there "$target"; then take_away "$target" "$1"; fi
            rm -f "$1/.callout-back"
            ln "$kept" "$1/.callout-back" 2>/dev/null || fail links
            mv -f "$1/.callout-back" "$target" 2>/dev/null || fail rename
            # A rename onto another name of the same file does nothing.
            rm -f "$1/.callout-back"
        fi
    done
    like "$room/old$1" "${1:-/}" || fail owner
}
phase undoing || fail disk
said=$(remove "${room%/.callout-kept-*}") || { echo "${said:-failed disk}"; exit 4; }
said=$(put_back "${room%/.callout-kept-*}") || { echo "${said:-failed disk}"; exit 4; }
flush
phase undone || fail disk
echo undone
