# What is needed for a backup, and is it there? Reads only; writes nothing.
# $1: how many scope paths follow; then the paths; then the database: mysql, sqlite or none; an SQLite file's path,
# or nothing; and the dump commands, each one argument.
# Prints records: a word and its fields, each ended by a zero byte, since a name may hold any other. A path and a
# dump command are named by their place in the arguments, from 0.
LC_ALL=C
export LC_ALL
exec </dev/null

say() {
    printf '%s\0' "$@"
}

for tool in find tar sha256sum wc stat awk gzip; do
    command -v "$tool" >/dev/null 2>&1 && say tool "$tool"
done
if tar --version 2>/dev/null | grep -q 'GNU tar'; then
    say tar gnu
    # One that was built without them says so, and goes on without.
    for options in --xattrs '--sparse --sparse-version=1.0'; do
        # shellcheck disable=SC2086  # the options are words
        said=$({ tar --create --file=- --format=pax --no-recursion $options -C / . | cat >/dev/null; } 2>&1)
        [ -z "$said" ] && say tar-option "$options"
    done
elif tar --help 2>&1 | grep -q BusyBox && tar --no-recursion -cf - /dev/null >/dev/null 2>&1; then
    say tar busybox
fi
if find / -maxdepth 0 \( -path /x -prune -o ! -type s \) -exec true {} + >/dev/null 2>&1; then
    say find exec
fi
if find / -maxdepth 0 -print0 >/dev/null 2>&1; then
    say find print0
fi
nice -n 19 true >/dev/null 2>&1 && say calm nice
ionice -c 3 true >/dev/null 2>&1 && say calm ionice

count=$1
shift
index=0
while [ "$index" -lt "$count" ]; do
    if [ -L "$1" ] && [ -d "$1" ]; then
        # The dot keeps newlines at the end of a name.
        where=$(cd -P "$1" && pwd -P && echo .)
        say path "$index" folder-link "${where%??}"
    elif [ -L "$1" ] && [ ! -e "$1" ]; then
        say path "$index" dangling ''
    elif [ -L "$1" ] || [ -e "$1" ]; then
        say path "$index" there ''
    else
        say path "$index" absent ''
    fi
    index=$((index + 1))
    shift
done

# Kernel file systems mounted anywhere: a reader that enters one may never come back. Names stay as the kernel writes
# them: space, tab, newline and backslash as \ooo.
if [ -r /proc/mounts ]; then
    while read -r _ point kind _; do
        case $kind in
            proc | sysfs | dev*fs | devpts | cgroup* | *debugfs | tracefs | securityfs | pstore | bpf | configfs | mqueue | \
                hugetlbfs | fusectl | binfmt_misc | rpc_pipefs | nsfs | autofs | efivarfs | selinuxfs)
                say kernel "$point"
                ;;
        esac
    done </proc/mounts
    say mounts
fi

database=$1 file=$2
shift 2
# How an SQLite file keeps its changes stands in its header: 1 a journal, 2 a log beside it (WAL).
if [ "$database" = sqlite ]; then
    if [ ! -f "$file" ] || [ ! -r "$file" ]; then
        say sqlite absent
    elif [ -e "$file-journal" ]; then
        say sqlite journal
    else
        case $(dd if="$file" bs=1 skip=18 count=1 2>/dev/null | tr '\001\002' 'jw') in
            j) say sqlite quiet ;;
            w) say sqlite log ;;
            *) say sqlite unknown ;;
        esac
    fi
fi

index=0
set -f
for dump in "$@"; do
    # shellcheck disable=SC2086  # a command of the profile is words, on purpose
    set -- $dump
    if [ "$1" = chroot ] && [ "$#" -ge 3 ]; then
        # shellcheck disable=SC2016  # $1 is for the shell inside the chroot
        found=$(chroot "$2" /bin/sh -c 'command -v "$1"' callout "$3" 2>/dev/null)
    else
        found=$(command -v "$1" 2>/dev/null)
    fi
    if [ -n "$found" ] && [ "$database" = sqlite ]; then
        # An old one knows no -readonly, and would roll back or tidy up what it only shall read.
        [ "$("$@" -readonly :memory: 'SELECT 41 + 1;' 2>/dev/null)" = 42 ] || found=''
    fi
    if [ -n "$found" ]; then
        say dump "$index"
        if [ "$database" = mysql ]; then
            # Options differ between MySQL, MariaDB and their ages; its own help names those that it knows.
            help=$("$@" --help 2>/dev/null | head -c 262144 | tr -c 'a-z0-9\n-' ' ')
            for option in --single-transaction --quick --routines --triggers --events --hex-blob --comments \
                --column-statistics; do
                case " $help " in *[!a-z-]"$option"[!a-z-]*) say dump-option "$option" ;; esac
            done
        fi
        break
    fi
    index=$((index + 1))
done
say end
