# What a restore needs to know of a system before anything else. Reads only.
# Arguments: the database's client commands, each one argument. Prints lines `word<TAB>...`.
LC_ALL=C
export LC_ALL
exec </dev/null
for tool in find xargs tar sha256sum stat df cut ln mv rm rmdir mkdir chmod chown touch sync date cat; do
    command -v "$tool" >/dev/null 2>&1 && printf 'tool\t%s\n' "$tool"
done
if tar --version 2>/dev/null | grep -q 'GNU tar'; then
    printf 'tar\tgnu\n'
    tar --help 2>/dev/null | grep -q -e '--xattrs' && printf 'tar\txattrs\n'
    tar --help 2>/dev/null | grep -q -e '--acls' && printf 'tar\tacls\n'
elif tar --help 2>&1 | grep -q BusyBox; then
    printf 'tar\tbusybox\n'
fi
echo ./x | tr '\n' '\0' | xargs -0 -n 1 echo >/dev/null 2>&1 && printf 'xargs\tnul\n'
# Whatever is mounted is left alone, be it the kernel's or a disk of its own.
[ -r /proc/mounts ] && while read -r _ point kind _; do
    printf 'mount\t%s\t%s\n' "$kind" "$point"
done </proc/mounts
index=0
set -f
for client in "$@"; do
    # shellcheck disable=SC2086  # a command of the profile is words, on purpose
    set -- $client
    if [ "$1" = chroot ] && [ "$#" -ge 3 ]; then
        # shellcheck disable=SC2016  # $1 is for the shell inside the chroot
        found=$(chroot "$2" /bin/sh -c 'command -v "$1"' callout "$3" 2>/dev/null)
    else
        found=$(command -v "$1" 2>/dev/null)
    fi
    if [ -n "$found" ]; then
        printf 'client\t%s\n' "$index"
        break
    fi
    index=$((index + 1))
done
printf 'end\t\n'
