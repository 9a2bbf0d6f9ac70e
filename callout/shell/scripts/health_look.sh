# Looks how a telephone system is: Asterisk, calls, room on /, load. It changes nothing.
# Arguments: Asterisk commands, tried in order; words are split at spaces (`chroot DIR asterisk`).
# Prints lines that begin with a word of ours; what Asterisk says stands behind it and can forge none:
#   asterisk COMMAND | version LINE | calls LINE | complaint LINE | disk SIZE USED FREE (KiB) | load LINE | missing TOOL
set -uf

# Runs a command with a limit of 10 s where `timeout` is there; the session's own deadline bounds it anyway.
limited() {
    if command -v timeout >/dev/null 2>&1; then
        timeout 10 "$@"
    else
        "$@"
    fi
}

# Prints at most 20 lines of $2, each after the word $1.
told() {
    printf '%s\n' "$2" | sed -e 20q | sed -e "s/^/$1 /"
}

look_at_asterisk() {
    for candidate in "$@"; do
        # shellcheck disable=SC2086 # a candidate is a command with its words
        set -- $candidate
        command -v "$1" >/dev/null 2>&1 || {
            printf 'missing %s\n' "$1"
            continue
        }
        if answer=$(limited "$@" -rx 'core show version' 2>&1 </dev/null) && [ -n "$answer" ]; then
            printf 'asterisk %s\n' "$candidate"
            told version "$answer"
            answer=$(limited "$@" -rx 'core show channels count' 2>&1 </dev/null)
            told calls "$answer"
            return
        fi
        told complaint "$candidate: $answer"
    done
}

look_at_asterisk "$@"

if command -v df >/dev/null 2>&1; then
    df -P -k / 2>/dev/null | awk 'NR == 2 { print "disk", $2, $3, $4 }'
else
    echo 'missing df'
fi
if [ -r /proc/loadavg ]; then
    told load "$(cat /proc/loadavg)"
fi
