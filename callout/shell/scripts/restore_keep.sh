# shellcheck shell=sh disable=SC2034,SC2154,SC2030,SC2031 # patch_common.sh and restore_common.sh are sent before this
# Keeps whatever the staged files of a room will replace: $1 work folder, $2 our token, $3 the room. Nothing outside the
# room changes: what is kept is a second name of the very file. May be run again. Answers `kept` or `failed WHY`.
need ln mkdir rm mv stat chown chmod touch sync
room=$3
trap '' HUP INT TERM PIPE
hold "$1" "$2"
keep() {
    stands "$1" || fail way-changed
    mirror "$room/old$1" || fail disk
    mirror "$room/want$1" || fail disk
    for staged in "$room/new$1"/* "$room/new$1"/.[!.]* "$room/new$1"/..?*; do
        is_there "$staged" || continue
        target=$1/${staged##*/}
        if is_folder "$target"; then
            is_folder "$staged" || fail folder-in-the-way
            (keep "$target") || exit 4
        elif is_there "$target"; then
            ln "$target" "$room/old$target" 2>/dev/null || fail links
        else
            mirror "$room/none$1" || fail disk
            : >"$room/none$target" || fail disk
        fi
    done
    like "${1:-/}" "$room/old$1" || fail disk
    # What is moved out of a staged folder changes its time.
    like "$room/new$1" "$room/want$1" || fail disk
}
word=
[ -r "$room/phase" ] && read -r word <"$room/phase"
# Once a file was swapped what is kept is all there is of the old ones.
case $word in staged | kept) ;; *) fail phase ;; esac
rm -rf "$room/old" "$room/none" "$room/want" || fail disk
mkdir "$room/old" "$room/none" "$room/want" || fail disk
# What is said there is for us alone: the first reason, and that it failed.
said=$(keep "${room%/.callout-kept-*}") || { echo "${said:-failed disk}"; exit 4; }
flush
phase kept || fail disk
echo kept
