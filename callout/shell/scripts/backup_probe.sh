# What is needed for a backup, and is it there? Reads only; writes nothing.
# $1: how many scope paths follow; then the paths; then the dump commands, each one argument.
# Prints lines `word<TAB>...`; a path is named by its place in the arguments, from 0.
LC_ALL=C
export LC_ALL
exec </dev/null

for tool in find tar sha256sum wc stat awk gzip; do
    command -v "$tool" >/dev/null 2>&1 && printf 'tool\t%s\n' "$tool"
done
if tar --version 2>/dev/null | grep -q 'GNU tar'; then
    printf 'tar\tgnu\n'
elif tar --help 2>&1 | grep -q BusyBox && tar --no-recursion -cf - /dev/null >/dev/null 2>&1; then
    printf 'tar\tbusybox\n'
fi
if find / -maxdepth 0 \( -path /x -prune -o ! -type s \) -exec true {} + >/dev/null 2>&1; then
    printf 'find\texec\n'
fi
if find / -maxdepth 0 -print0 >/dev/null 2>&1; then
    printf 'find\tprint0\n'
fi
nice -n 19 true >/dev/null 2>&1 && printf 'calm\tnice\n'
ionice -c 3 true >/dev/null 2>&1 && printf 'calm\tionice\n'

count=$1
shift
index=0
while [ "$index" -lt "$count" ]; do
    if [ -L "$1" ] && [ -d "$1" ]; then
        printf 'path\t%s\tfolder-link\t%s\n' "$index" "$(cd -P "$1" && pwd -P)"
    elif [ -L "$1" ] || [ -e "$1" ]; then
        printf 'path\t%s\tthere\n' "$index"
    else
        printf 'path\t%s\tabsent\n' "$index"
    fi
    index=$((index + 1))
    shift
done

# Kernel file systems mounted anywhere: a reader that enters one may never come back.
if [ -r /proc/mounts ]; then
    while read -r _ point kind _; do
        case $kind in
            proc | sysfs | dev*fs | devpts | cgroup* | *debugfs | tracefs | securityfs | pstore | bpf | configfs | mqueue | \
                hugetlbfs | fusectl | binfmt_misc | rpc_pipefs | nsfs | autofs | efivarfs | selinuxfs)
                printf 'kernel\t%s\t%s\n' "$kind" "$point"
                ;;
        esac
    done </proc/mounts
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
    if [ -n "$found" ]; then
        printf 'dump\t%s\n' "$index"
        break
    fi
    index=$((index + 1))
done
printf 'end\t\n'
