# shellcheck shell=sh disable=SC2034,SC2154,SC2030,SC2031 # patch_common.sh is sent before this, other restore_*.sh after it
# A room is a folder of ours on the same disk as what is restored: new/ holds what was sent and is not in its place
# yet, old/ the very files that were replaced (hard links), none/ a mark for each name that was not there, want/
# how folders are to be, gone/ what an undo took away again, phase a word.
# Names below them are the system's, from / on; a room is for what is below the folder that it stands in.
# A name that is still in new/ was not swapped: that is the journal, and it cannot be wrong.

fail() {
    echo "failed $1"
    exit 4
}

phase() {
    echo "$1" >"$room/phase.new" && durable "$room/phase.new" && mv -f "$room/phase.new" "$room/phase" && durable "$room"
}

# Puts everything that was written on the room's disk on that disk; an old `sync` takes no argument.
flush() {
    if [ "$sync_takes" != yes ] || ! sync -f "$room" >/dev/null 2>&1; then sync; fi
}

# True where $1 (absolute; empty for /) is that very folder: no link leads elsewhere, neither it nor on the way.
stands() {
    stands_at=$(cd -P -- "${1:-/}" 2>/dev/null && pwd -P && echo .) && [ "${stands_at%?.}" = "${1:-/}" ]
}

is_folder() {
    [ -d "$1" ] && [ ! -L "$1" ]
}

is_there() {
    [ -e "$1" ] || [ -L "$1" ]
}

# Gives folder $2 the owner, mode and time of folder $1.
like() {
    chown "$(stat -c %u:%g "$1")" "$2" && chmod "$(stat -c %a "$1")" "$2" && touch -r "$1" "$2"
}

mirror() {
    [ -d "$1" ] || mkdir -p "$1"
}
