# What the package managers say of paths and accounts. Reads only; writes nothing.
# $1: words to put before a reader (nice, ionice), may be empty; rest: root file systems, / first, then chroots.
# On standard input lines: `p N PATH` a path as the package manager of root N (from 0) writes it, `m PATH` a file whose MD5
# is wanted, `a NAME` an account. None of them holds a newline or a backslash.
# Prints lines as drift_facts.sh does, all of them in the section packages; the kinds are told apart below.
# shellcheck disable=SC2086  # $calm is words
set -u
LC_ALL=C
export LC_ALL
calm=$1
shift
asked=$(cat)
exec </dev/null
trouble=

has() {
    command -v "$1" >/dev/null 2>&1
}

# $1: a letter. What is asked behind it, a line each.
asked_for() {
    printf '%s\n' "$asked" | sed -n "s/^$1 //p"
}

# Prints standard input, each line behind a space.
told() {
    tr -d '\000' | sed 's/^/ /'
}

# $1: a kind; $2: lines to look for; rest: grep's options and files. Finding nothing is fine, failing is not.
look_for() {
    echo "k $1"
    lines=$2
    shift 2
    [ -n "$lines" ] || return 0
    said=$(printf '%s\n' "$lines" | $calm grep -H -F -f - "$@" 2>/dev/null)
    [ $? -le 1 ] || trouble="grep fails at ${2:-}"
    [ -z "$said" ] || printf '%s\n' "$said" | told
}

dpkg_says() {
    info=$at/var/lib/dpkg/info
    # Versions, and the configuration files of each package with the MD5 of what was shipped.
    echo 'k dpkg-status'
    said=$(grep -E '^(Package|Architecture|Version|Status):|^ /.* [0-9a-f]{32}' "$at/var/lib/dpkg/status") ||
        trouble="$at/var/lib/dpkg/status cannot be read"
    printf '%s\n' "$said" | told
    look_for dpkg-lists "$paths" -x "$info"/*.list
    look_for dpkg-sums "$(printf '%s\n' "$paths" | sed 's|^/|  |')" "$info"/*.md5sums
    echo 'k dpkg-diversions'
    [ ! -f "$at/var/lib/dpkg/diversions" ] || told <"$at/var/lib/dpkg/diversions"
    [ ! -d "$at/var/lib/dpkg/alternatives" ] ||
        look_for dpkg-alternatives "$paths" -x "$at"/var/lib/dpkg/alternatives/*
    if [ -n "$accounts" ]; then
        makers=$(grep -l -E 'adduser|useradd|addgroup|groupadd' "$info"/*.postinst "$info"/*.preinst 2>/dev/null)
        # Names of packages hold nothing that a shell would part.
        [ -z "$makers" ] || look_for dpkg-accounts "$accounts" -w $makers /dev/null
    fi
    echo 'k dpkg-log'
    for log in "$at"/var/log/dpkg.log.1 "$at"/var/log/dpkg.log; do
        [ ! -f "$log" ] || grep -E '^[0-9: -]+ (install|upgrade|remove|purge) ' "$log" | tail -n 2000 | told
    done
}

rpm_says() {
    echo 'k rpm-files'
    printf '%s\n' "$paths" | head -n 500 | while IFS= read -r path; do
        # NAME, version, path; then what -V finds of the whole package, of which the path's own line counts.
        owner=$(rpm --root "$root" -qf --qf '%{NAME}\t%{EPOCH}:%{VERSION}-%{RELEASE}\n' "$path" 2>/dev/null) || continue
        printf 'owner\t%s\t%s\n' "$(printf '%s\n' "$owner" | head -n 1)" "$path"
        rpm --root "$root" -Vf --nodeps --noscripts "$path" 2>/dev/null | while IFS= read -r line; do
            case $line in
                *" $path") printf 'verify\t%s\n' "$line" ;;
            esac
        done
    done | told
}

echo '+ packages'
number=0
accounts=$(asked_for a)
for root; do
    at=${root%/}
    echo "r $root"
    paths=$(asked_for "p $number")
    [ ! -f "$at/var/lib/dpkg/status" ] || dpkg_says
    if [ -d "$at/var/lib/rpm" ] && [ -n "$(ls "$at/var/lib/rpm" 2>/dev/null)" ] && has rpm; then
        rpm_says
    fi
    number=$((number + 1))
done
echo 'r /'
echo 'k sums'
asked_for m | tr '\n' '\000' | $calm xargs -0 -r -n 200 md5sum 2>/dev/null | told
if [ -n "$trouble" ]; then
    echo "= unknown $trouble"
else
    echo '= whole evidence'
fi
echo .
