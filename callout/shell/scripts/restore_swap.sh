# shellcheck shell=sh disable=SC2034,SC2154,SC2030,SC2031 # patch_common.sh and restore_common.sh are sent before this
# Puts the staged files of a room in their places: $1 work folder, $2 our token, $3 the room. Each file is its old self
# or its new one at every moment; a folder that was not there comes whole. May be run again: it goes on.
# Answers `swapped` or `failed WHY`, then with a mixture that restore_undo.sh takes back.
need mv rm stat chown chmod touch sync
room=$3
trap '' HUP INT TERM PIPE
hold "$1" "$2"
swap() {
    stands "$1" || fail way-changed
    for staged in "$room/new$1"/* "$room/new$1"/.[!.]* "$room/new$1"/..?*; do
        is_there "$staged" || continue
        target=$1/${staged##*/}
        if is_folder "$target"; then
            is_folder "$staged" || fail folder-in-the-way
            (swap "$target") || exit 4
            continue
        fi
        if is_there "$target"; then
            is_there "$room/old$target" || fail changed
            is_folder "$staged" && { rm -f "$target" || fail rename; }
        fi
        mv -f "$staged" "$target" 2>/dev/null || fail rename
    done
    like "$room/want$1" "${1:-/}" || fail owner
}
word=
[ -r "$room/phase" ] && read -r word <"$room/phase"
case $word in kept | swapping | swapped) ;; *) fail phase ;; esac
phase swapping || fail disk
said=$(swap "${room%/.callout-kept-*}") || { echo "${said:-failed disk}"; exit 4; }
flush
phase swapped || fail disk
echo swapped
