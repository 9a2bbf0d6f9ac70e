# Looks a second time, in another way, and reads small files as bytes. Writes nothing.
# $1: words to put before a reader (nice), may be empty; $2: a word that nobody can know, before each frame; $3: how many
# bytes of a file are sent; rest: programs whose own files are read. On standard input, each ended by a zero byte: a
# letter and a path. b: send the file's bytes; s: hash it with another program than sha256sum; p: both; d: list the folder with
# the shell's own patterns, with find, and with the patterns again.
# Prints `callout-check PACKING OTHER` (the other hasher, or none), then, packed or not, frames: a newline, the word, a
# space, what follows, a newline, and that. A frame is `program NAME` (its file's path), `path` (of what follows), `body`,
# `sum`, `glob`, `find` (names, each ended by a zero byte), `there` (it is), `stat` (size, mtime and ctime as stat tells
# them), or `end`.
# shellcheck disable=SC2086  # $calm and $pack are words
set -u
LC_ALL=C
export LC_ALL
calm=$1 nonce=$2 most=$3
shift 3

packing='plain'
pack='cat'
if printf x | gzip -1 -c 2>/dev/null | gzip -dc >/dev/null 2>&1; then
    packing='gzip'
    pack="$calm gzip -1 -c"
fi
other='none'
if command -v openssl >/dev/null 2>&1; then
    other='openssl dgst -sha256'
elif command -v busybox >/dev/null 2>&1 && [ "$(printf x | busybox sha256sum 2>/dev/null)" ]; then
    other='busybox sha256sum'
fi
printf 'callout-check %s %s\n' "$packing" "${other%% *}"

# shellcheck disable=SC2016  # expanded by the sh that is started
look='
    nonce=$1 most=$2 other=$3
    shift 3
    frame() { printf "\n%s %s\n" "$nonce" "$1"; }
    names() {
        frame glob
        for one in "$1"/* "$1"/.[!.]* "$1"/..?*; do
            if [ -e "$one" ] || [ -L "$one" ]; then printf "%s\0" "${one##*/}"; fi
        done
    }
    for item; do
        path=${item#?}
        frame path
        printf %s "$path"
        case $item in
            b* | p*)
                frame body
                [ -f "$path" ] && head -c "$most" "$path" 2>/dev/null
                ;;
        esac
        case $item in
            s* | p*)
                frame sum
                [ "$other" = none ] || [ ! -f "$path" ] || $other <"$path" 2>/dev/null
                ;;
            d*)
                names "${path%/}"
                frame find
                find "${path%/}/." ! -name . -prune -print0 2>/dev/null
                names "${path%/}"
                ;;
        esac
        # By the shell itself, which no replaced tool stands in.
        if [ -e "$path" ] || [ -L "$path" ]; then frame there; fi
        frame stat
        stat -c "%s %Y %Z" "$path" 2>/dev/null
    done'

{
    items=
    for program; do
        where=$(command -v "$program") || continue
        file=$(readlink -f "$where" 2>/dev/null) || file=$where
        printf '\n%s program %s\n%s' "$nonce" "$program" "$file"
        # Programs that are one file (busybox) are read once.
        case $file in
            *[!A-Za-z0-9._/+-]*) continue ;;
        esac
        case " $items " in
            *" $file "*) ;;
            *) items="$items $file" ;;
        esac
    done
    {
        for file in $items; do printf 'p%s\0' "$file"; done
        cat
    } | $calm xargs -0 -r -n 50 sh -c "$look" callout "$nonce" "$most" "$other" 2>/dev/null
    printf '\n%s end\n' "$nonce"
} | $pack
