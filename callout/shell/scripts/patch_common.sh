# shellcheck shell=sh disable=SC2034,SC2154 # the other patch_*.sh use them
# Sent before every other patch_*.sh: what they share. POSIX sh; needs the tools that `need` is called with.
#
# An image is one word that says what a path holds: SHA256:MODE:UID:GID of an ordinary file (mode as
# `stat -c %a` prints it), link:SHA256:UID:GID of a symlink (SHA256 is over its target; it is never followed), or
# absent, folder, symlink (one that cannot be read), other, unreadable.
# A specification (standard input) has one line per file: NUMBER BEFORE AFTER PATH, with images of before and
# after, then a line `end COUNT`. PATH may hold spaces inside, no control characters.

set -u
umask 077
LC_ALL=C
export LC_ALL

need() {
    for tool in "$@"; do
        command -v "$tool" >/dev/null 2>&1 || { echo "missing $tool"; exit 3; }
    done
}

# Makes the folder of $1 the working folder, so that what follows cannot be led elsewhere by a symlink that is
# swapped in meanwhile. Sets `name` to ./NAME. Fails where a part of the way is missing or a symlink.
enter() {
    folder=${1%/*}
    [ -n "$folder" ] || folder=/
    name=./${1##*/}
    cd -P -- "$folder" 2>/dev/null && [ "$(pwd -P)" = "$folder" ]
}

image() {
    if [ -L "$1" ]; then
        image_sum=$(readlink -n "$1" 2>/dev/null | sha256sum) || image_sum=
        image_rest=$(stat -c '%u:%g' "$1" 2>/dev/null) || image_rest=
        # Two looks: what was a link at the first one may be something else by now.
        if [ -L "$1" ] && [ -n "$image_rest" ] && [ -n "$image_sum" ]; then
            echo "link:${image_sum%% *}:$image_rest"
        else
            echo symlink
        fi
    elif [ ! -e "$1" ]; then echo absent
    elif [ -d "$1" ]; then echo folder
    elif [ ! -f "$1" ]; then echo other
    else
        image_sum=$(sha256sum <"$1" 2>/dev/null) || image_sum=
        image_rest=$(stat -c '%a:%u:%g' "$1" 2>/dev/null) || image_rest=
        image_sum=${image_sum%% *}
        if [ -n "$image_sum" ] && [ -n "$image_rest" ]; then echo "$image_sum:$image_rest"; else echo unreadable; fi
    fi
}

is_there() {
    [ -e "$1" ] || [ -L "$1" ]
}

# True where the working folder is $1 and nobody but us can change the names in it.
only_ours() {
    [ "$(pwd -P)" = "$1" ] || return 1
    case $(stat -c %u:%a .) in "$(id -u):700" | "$(id -u):2700") return 0 ;; esac
    return 1
}

# A transaction has a room in each folder that it changes: .callout-ID, where NUMBER.new is staged and NUMBER.old is
# kept. Who may write in the folder may not in the room, so nothing in it can be swapped for a link while we write it,
# give it its owner or its mode. Only `mv -T` and `ln -T` lead out of it: they never go through a link or into a folder.
make_room() {
    [ -d "./.callout-$id" ] || mkdir -m 700 "./.callout-$id" 2>/dev/null
}

# After `enter`: makes the room the working folder; `name` is ../NAME then.
into_room() {
    cd -P -- "./.callout-$id" 2>/dev/null && only_ours "${folder%/}/.callout-$id" && name=.$name
}

# Puts $1 (a file or folder) on the disk itself. An old `sync` takes no argument: then everything is synced. Whether
# it does is asked once (`learn_sync FOLDER`), so that a disk that fails is not taken for an old `sync`.
learn_sync() {
    sync_takes=no
    sync "$1" >/dev/null 2>&1 && sync_takes=yes
}

durable() {
    if [ "$sync_takes" = yes ]; then sync "$1" >/dev/null 2>&1; else sync; fi
}

boot_id() {
    boot=
    [ -r /proc/sys/kernel/random/boot_id ] && read -r boot </proc/sys/kernel/random/boot_id
    echo "${boot:-unknown}"
}

# Since when (clock ticks after the boot) process $1 runs; empty where it does not.
started() {
    process_line=
    [ -r "/proc/$1/stat" ] && read -r process_line <"/proc/$1/stat"
    process_line=${process_line##*) }
    # shellcheck disable=SC2086 # the fields are wanted as words
    set -- $process_line
    [ "$#" -ge 20 ] && shift 19 && echo "$1"
}

# True where process $1 still runs, and is the one that began at $2.
runs() {
    [ -n "$1" ] && [ -n "$2" ] && [ "$(started "$1")" = "$2" ]
}

# The lock is the file owner.N with the highest N in the work folder $1; sets `generation` and the words of
# that file: `owner_boot owner_token owner_since owner_who`, and `owner_line owner_line_since`, the process of the line
# by which it was taken (sshd's) and its start. Each N is made once, by a hard link: one winner.
read_owner() {
    generation=0
    for owner_file in "$1"/owner.*; do
        owner_number=${owner_file##*/owner.}
        case $owner_number in '' | *[!0-9]*) continue ;; esac
        [ "$owner_number" -gt "$generation" ] && generation=$owner_number
    done
    owner_boot=
    owner_token=
    owner_since=
    owner_who=
    owner_line=
    owner_line_since=
    [ "$generation" -gt 0 ] &&
        read -r owner_boot owner_token owner_since owner_who owner_line owner_line_since <"$1/owner.$generation"
    running_boot=
    running_process=
    running_since=
    running_line=
    running_line_since=
    [ -r "$1/running" ] &&
        read -r running_boot running_process running_since running_line running_line_since <"$1/running"
    return 0
}

# What is left of the lock's holder on this system: earlier-boot (nothing: dead for certain), at-work (a script of its
# run), connected (its line), gone (neither: dead, or between two lines), unknown (no /proc to ask).
holder() {
    if [ "$owner_boot" != "$(boot_id)" ]; then echo earlier-boot
    elif [ -z "$(started $$)" ]; then echo unknown
    elif [ "$running_boot" = "$owner_boot" ] && runs "$running_process" "$running_since"; then echo at-work
    elif runs "$owner_line" "$owner_line_since"; then echo connected
    elif [ "$running_boot" = "$owner_boot" ] && runs "$running_line" "$running_line_since"; then echo connected
    else echo gone
    fi
}

held() {
    echo "held ${owner_since:-0} ${owner_who:-unknown} $(holder)"
    exit 9
}

# Goes on only where the lock in $1 is $2's, and no script of an earlier try still runs; says that we run now.
hold() {
    read_owner "$1"
    [ "$owner_token" = "$2" ] || held
    if [ "$running_boot" = "$(boot_id)" ] && [ "$running_process" != "$$" ] &&
        runs "$running_process" "$running_since"; then
        echo "running $running_process"
        exit 9
    fi
    learn_sync "$1"
    # A disk that is full must not keep us from taking things back: without this we go on.
    echo "$(boot_id) $$ $(started $$) $PPID $(started "$PPID")" 2>/dev/null >"$1/running.new" &&
        mv -f "$1/running.new" "$1/running"
}

# Reads the specification into `specification`. One that was cut on its way would make half a change: it is
# refused before anything is done. Every script that changes something begins with this, so that a script that was
# itself cut on its way (then nothing follows it) does nothing either.
read_specification() {
    specification=
    lines=0
    while IFS= read -r line; do
        [ "$line" = "end $lines" ] && return 0
        lines=$((lines + 1))
        specification="$specification$line
"
    done
    echo "failed 0 cut"
    exit 4
}

# Takes file $1 of transaction $id back to its image $2, if it is at our image $3. Says `trouble` where it cannot.
# A file that is neither, and that we did not touch, is somebody else's work and stays.
undo_one() {
    undo_number=$1
    undo_before=$2
    undo_after=$3
    if ! enter "$4"; then
        echo "trouble $undo_number way-changed"
        return 1
    fi
    undo_kept=absent
    if is_there "./.callout-$id"; then
        if ! into_room; then
            echo "trouble $undo_number unsafe"
            return 1
        fi
        undo_kept=$(image "./$undo_number.old")
    fi
    undo_now=$(image "$name")
    if [ "$undo_now" = "$undo_before" ]; then
        :
    elif [ "$undo_now" != "$undo_after" ]; then
        if [ "$undo_kept" = "$undo_before" ]; then
            echo "trouble $undo_number changed-since"
            return 1
        fi
    elif [ "$undo_before" = absent ]; then
        rm -f "$name"
    elif [ "$undo_kept" = "$undo_before" ]; then
        mv -fT "./$undo_number.old" "$name" 2>/dev/null
    else
        echo "trouble $undo_number original-gone"
        return 1
    fi
    if [ "$undo_before" != "$undo_after" ] && [ "$(image "$name")" = "$undo_after" ]; then
        echo "trouble $undo_number rename"
        return 1
    fi
}

# Takes every file of the specification back; the rooms go last. Returns 1 where one could not be.
undo_all() {
    undone=0
    while read -r number before after path; do
        [ -n "$number" ] || continue
        undo_one "$number" "$before" "$after" "$path" || undone=1
        enter "$path" && durable .
    done <<END
$specification
END
    [ "$undone" = 0 ] || return 1
    clear_rooms || { echo "trouble $number left-behind"; return 1; }
}

# Removes every room of the transaction and what is ours in it. Fails at the first one that stays.
clear_rooms() {
    while read -r number before after path; do
        [ -n "$number" ] || continue
        if ! enter "$path" || ! is_there "./.callout-$id"; then continue; fi
        into_room && rm -f "./$number.new" "./$number.old" || return 1
    done <<END
$specification
END
    while read -r number before after path; do
        [ -n "$number" ] || continue
        if ! enter "$path" || ! is_there "./.callout-$id"; then continue; fi
        rmdir "./.callout-$id" 2>/dev/null || return 1
        durable .
    done <<END
$specification
END
}
