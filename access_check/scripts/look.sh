# Looks at a system and changes nothing there: no file is written. The questions, one call of a function each,
# are put behind this text by whoever sends it (access_check/look_script.py); only those asked are answered.
# Every line printed begins with a word of ours. What the system says stands behind that word on the same line,
# so it can forge no other:
#   NONCE-42 | clock SECONDS or DATE | disk LINE | inodes LINE | load LINE | cpus NUMBER | tool NAME HOW
#   tar LINE | product LINE | asterisk COMMAND | version LINE | calls LINE | complaint LINE | missing TOOL
#   end NONCE
# shellcheck disable=SC2317,SC2329 # the functions are called by what is put behind
set -uf
LC_ALL=C
export LC_ALL

# How `timeout` wants its seconds here: that of an old busybox has an option for them. Empty where there is none.
limit=
if command -v timeout >/dev/null 2>&1; then
    if timeout 5 true 2>/dev/null; then limit='timeout 5'
    elif timeout -t 5 true 2>/dev/null; then limit='timeout -t 5'; fi
fi

# Runs a command for at most 5 s where that can be had; whoever sent us has a deadline anyway.
limited() {
    # shellcheck disable=SC2086 # words, on purpose
    $limit "$@"
}

# Prints at most 20 lines of $2, none longer than 300 bytes, each behind the word $1.
told() {
    printf '%s\n' "$2" | sed -e 's/^\(.\{300\}\).*/\1/' -e "s/^/$1 /" -e 20q
}

# The sum proves that sh computed: whatever repeats our words does not know it.
prove() {
    printf '%s-%s\n' "$1" "$((17 + 25))"
}

look_at_clock() {
    moment=$(date -u +%s 2>/dev/null)
    case $moment in
        '' | *[!0-9]*) moment=$(date -u +%Y-%m-%dT%H:%M:%SZ 2>/dev/null) ;;
    esac
    told clock "$moment"
}

# $@: directories; one that is not there is left out.
look_at_room() {
    count=$#
    while [ "$count" -gt 0 ]; do
        [ -d "$1" ] && set -- "$@" "$1"
        shift
        count=$((count - 1))
    done
    [ "$#" -gt 0 ] || return
    told disk "$(limited df -P -k "$@" 2>/dev/null)"
    told inodes "$(limited df -P -i "$@" 2>/dev/null)"
}

look_at_load() {
    if [ -r /proc/loadavg ]; then
        read -r average </proc/loadavg
        told load "$average"
    fi
    told cpus "$(nproc 2>/dev/null || grep -c '^processor' /proc/cpuinfo 2>/dev/null)"
}

# Sets `found` to the file that program $1 is; empty where there is none on the path.
find_program() {
    found=
    old_separator=$IFS
    IFS=:
    for folder in $PATH; do
        if [ -f "$folder/$1" ] && [ -x "$folder/$1" ]; then
            found=$folder/$1
            break
        fi
    done
    IFS=$old_separator
}

# $@: names of programs.
look_at_tools() {
    find_program busybox
    busybox=$found
    lines=
    for tool in "$@"; do
        find_program "$tool"
        # shellcheck disable=SC3013 # dash, bash and busybox know -ef; where it is unknown, nothing is taken for busybox
        if [ -n "$found" ] && [ -n "$busybox" ] && [ "$found" -ef "$busybox" ] 2>/dev/null; then how=busybox
        elif [ -n "$found" ]; then how=there
        elif ! command -v "$tool" >/dev/null 2>&1; then how=absent
        elif [ -n "$busybox" ]; then how=busybox
        else how=inside; fi
        lines="${lines}tool $tool $how
"
    done
    # At once: each writing is a packet of its own on its way to us.
    printf '%s' "$lines"
    command -v tar >/dev/null 2>&1 && told tar "$(limited tar --version 2>&1)"
}

look_at_product_file() {
    [ -f "$1" ] && [ -r "$1" ] && told product "$(sed -e 1q "$1" 2>/dev/null)"
}

# $1: a command with its words.
ask_product() {
    # shellcheck disable=SC2086 # words, on purpose
    answer=$(limited $1 2>/dev/null) && told product "$answer"
}

# $@: candidates, tried in order; each is a command with its words (`chroot DIR asterisk`).
ask_asterisk() {
    for candidate in "$@"; do
        # shellcheck disable=SC2086 # words, on purpose
        set -- $candidate
        command -v "$1" >/dev/null 2>&1 || {
            told missing "$1"
            continue
        }
        if answer=$(limited "$@" -rx 'core show version' 2>&1) && [ -n "$answer" ]; then
            told asterisk "$candidate"
            told version "$answer"
            answer=$(limited "$@" -rx 'core show channels count' 2>&1)
            told calls "$answer"
            return
        fi
        told complaint "$candidate: $answer"
    done
}

finish() {
    printf 'end %s\n' "$1"
}
