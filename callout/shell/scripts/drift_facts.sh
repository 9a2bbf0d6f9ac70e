# shellcheck shell=sh disable=SC2034,SC2154 # drift_common.sh is sent before this
# Tells what a system is set up like, for drift. Reads only; writes nothing.
# $1: sections to tell, words; rest: its root file systems, / first, then chroots.
# Every line printed begins with a letter of ours, and what the system says stands behind it, so it can forge no other:
#   c SECONDS (this system's clock) | t TOOL | + SECTION | = whole WAY, = absent WHY, = unknown WHY: ends a section
#   r ROOT: what follows is of that root file system | k KIND: what follows is of that kind
#   f PATH, on several lines where it holds newlines, ended by a line `:`; what follows is its content
#   a space, and a line of content or of an answer | l LINE: a login | . the end
wanted=" $1 "
shift
exec </dev/null

tell_mounts() {
    begin_section mounts
    if [ -r /proc/self/mountinfo ]; then
        told ' ' </proc/self/mountinfo || trouble='/proc/self/mountinfo cannot be read'
    else
        trouble='there is no /proc/self/mountinfo'
    fi
    end_section mountinfo
}

tell_packages() {
    begin_section packages
    seen='' absent='no package manager known here is there' way=''
    for root; do
        at=${root%/}
        echo "r $root"
        if [ -f "$at/var/lib/dpkg/status" ]; then
            seen=yes way="$way dpkg"
            echo 'k dpkg'
            # Far longer than other files; only these lines of it are needed.
            said=$(grep -E '^(Package|Status|Version|Architecture):' "$at/var/lib/dpkg/status") ||
                trouble="$at/var/lib/dpkg/status cannot be read"
            printf '%s\n' "$said" | tr -d '\000' | sed 's/^/ /'
        fi
        if [ -f "$at/lib/apk/db/installed" ]; then
            seen=yes way="$way apk"
            echo 'k apk'
            said=$(grep -E '^[PVA]:' "$at/lib/apk/db/installed") || trouble="$at/lib/apk/db/installed cannot be read"
            printf '%s\n' "$said" | tr -d '\000' | sed 's/^/ /'
        fi
        if [ -d "$at/var/lib/rpm" ] && [ -n "$(ls "$at/var/lib/rpm" 2>/dev/null)" ]; then
            if has rpm; then
                seen=yes way="$way rpm"
                echo 'k rpm'
                answer "rpm --root $root -qa --qf %{NAME}\t%{EPOCH}:%{VERSION}-%{RELEASE}\t%{ARCH}\n" ||
                    trouble="rpm failed"
            else
                trouble="there is an rpm database in $root, and no rpm to ask"
            fi
        fi
    done
    end_section "${way# }"
}

tell_repositories() {
    begin_section repositories
    for root; do
        at=${root%/}
        echo "r $root"
        tell_files "$at"/etc/apt/sources.list "$at"/etc/apt/sources.list.d/* "$at"/etc/apt/preferences \
            "$at"/etc/apt/preferences.d/* "$at"/etc/yum.repos.d/* "$at"/etc/yum.conf "$at"/etc/dnf/dnf.conf \
            "$at"/etc/apk/repositories
    done
    end_section files
}

# passwd or group, of each root.
tell_accounts() {
    begin_section "$1"
    seen='' absent="there is no $2"
    section=$1 file=$2
    shift 2
    for root; do
        at=${root%/}
        echo "r $root"
        [ -f "$at$file" ] || continue
        seen=yes
        echo 'k accounts'
        told ' ' <"$at$file" || trouble="$at$file cannot be read"
        if [ "$section" = users ] && [ -f "$at/etc/shadow" ]; then
            echo 'k shadow'
            told ' ' <"$at/etc/shadow" || trouble="$at/etc/shadow cannot be read"
        fi
    done
    end_section files
}

tell_sudoers() {
    begin_section sudoers
    for root; do
        at=${root%/}
        echo "r $root"
        tell_files "$at"/etc/sudoers "$at"/etc/sudoers.d/* "$at"/etc/doas.conf "$at"/etc/doas.d/*
    done
    end_section files
}

tell_authorised_keys() {
    begin_section authorised_keys
    patterns=$(sshd_settings 2>/dev/null | sed -n 's/^authorizedkeysfile //p')
    [ -n "$patterns" ] && [ "$patterns" != none ] || patterns='.ssh/authorized_keys .ssh/authorized_keys2'
    for root; do
        at=${root%/}
        echo "r $root"
        [ -r "$at/etc/passwd" ] || continue
        homes=' '
        while IFS=: read -r account _ _ _ _ home _; do
            case $account$home in
                *[!A-Za-z0-9._/@+-]*)
                    trouble="an account of $at/etc/passwd has a name or a home that is not plain"
                    continue
                    ;;
            esac
            for pattern in $patterns; do
                file=$(printf '%s' "$pattern" | sed -e "s|%h|$home|g" -e "s|%u|$account|g")
                case $file in /*) ;; *) file=$home/$file ;; esac
                case $homes in *" $file "*) continue ;; esac
                homes="$homes$file "
                tell_files "$at$file"
            done
        done <"$at/etc/passwd"
    done
    end_section files
}

tell_cron() {
    begin_section cron
    for root; do
        at=${root%/}
        echo "r $root"
        tell_files "$at"/etc/crontab "$at"/etc/cron.d/* "$at"/etc/anacrontab "$at"/var/spool/cron/crontabs/* \
            "$at"/var/spool/cron/* "$at"/etc/crontabs/* "$at"/etc/cron.allow "$at"/etc/cron.deny
        # Programs that run at certain times: which there are; what is in them is among the files.
        echo 'k programs'
        for file in "$at"/etc/cron.hourly/* "$at"/etc/cron.daily/* "$at"/etc/cron.weekly/* "$at"/etc/cron.monthly/* \
            "$at"/etc/periodic/*/*; do
            [ -f "$file" ] && name_file "$file"
        done
        echo 'k files'
    done
    end_section files
}

tell_services() {
    begin_section services
    seen='' absent='neither systemd nor init scripts are there' way='files'
    if [ -d /run/systemd/system ] && has systemctl; then
        seen=yes way="$way systemctl"
        echo 'k systemctl'
        answer 'systemctl list-unit-files --no-legend --no-pager --full' || trouble='systemctl failed'
    fi
    echo 'k links'
    for file in /etc/rc[0-9S].d/* /etc/runlevels/*/*; do
        if [ -L "$file" ] || [ -e "$file" ]; then
            seen=yes
            name_file "$file"
        fi
    done
    echo 'k files'
    [ -f /etc/inittab ] && seen=yes
    tell_files /etc/inittab /etc/rc.local
    end_section "$way"
}

tell_ports() {
    begin_section ports
    way='proc'
    for kind in tcp tcp6 udp udp6; do
        [ -e "/proc/net/$kind" ] || continue
        echo "k $kind"
        # Those that listen: 0A for TCP; of UDP, those that are connected to nobody.
        said=$(grep -E '^ *[0-9]+: [0-9A-F:]+ [0-9A-F:]+ (0A|07) ' "/proc/net/$kind")
        [ $? -le 1 ] || trouble="/proc/net/$kind cannot be read"
        printf '%s\n' "$said" | told ' '
    done
    [ -r /proc/net/tcp ] || trouble='/proc/net/tcp cannot be read'
    # Whose they are; a newline in a name is a question mark, a zero byte ends it.
    if find / -maxdepth 0 -printf '' >/dev/null 2>&1; then
        way='proc and programs'
        echo 'k sockets'
        find /proc/[0-9]*/fd -lname 'socket:*' -printf '%p %l\0' 2>/dev/null | tr '\n\000' '?\n' | told ' '
        echo 'k programs'
        find /proc/[0-9]*/exe -printf '%p %l\0' 2>/dev/null | tr '\n\000' '?\n' | told ' '
    fi
    end_section "$way"
}

tell_kernel() {
    begin_section kernel
    echo 'k release'
    answer 'uname -r' || trouble='uname failed'
    echo 'k command-line'
    told ' ' </proc/cmdline 2>/dev/null || trouble='/proc/cmdline cannot be read'
    echo 'k modules'
    [ -r /proc/modules ] && cut -d ' ' -f 1 </proc/modules | told ' '
    echo 'k sysctl'
    if has sysctl; then
        # It ends with 1 for settings that can only be written.
        said=$($limit sysctl -a 2>/dev/null)
        [ -n "$said" ] || trouble='sysctl -a says nothing'
        printf '%s\n' "$said" | told ' '
    else
        trouble='there is no sysctl'
    fi
    end_section sysctl
}

tell_firewall() {
    begin_section firewall
    seen='' absent='there is no program for a firewall' way=''
    for tool in iptables-save ip6tables-save; do
        if has "$tool"; then
            seen=yes way="$way $tool"
            echo "k $tool"
            answer "$tool" || trouble="$tool failed"
        fi
    done
    if has nft; then
        seen=yes way="$way nft"
        echo 'k nft'
        answer 'nft -s list ruleset' || trouble='nft failed'
    fi
    end_section "${way# }"
}

sshd_settings() {
    daemon=$(command -v sshd) || daemon=/usr/sbin/sshd
    [ -x "$daemon" ] && $limit "$daemon" -T
}

tell_sshd() {
    begin_section sshd
    way='sshd -T'
    if said=$(sshd_settings 2>/dev/null) && [ -n "$said" ]; then
        echo 'k settings'
        printf '%s\n' "$said" | told ' '
    elif [ -f /etc/ssh/sshd_config ]; then
        way='files'
        echo 'k files'
        tell_files /etc/ssh/sshd_config /etc/ssh/sshd_config.d/*
    else
        seen='' absent='there is no OpenSSH server'
    fi
    end_section "$way"
}

tell_logins() {
    if has last; then
        { $limit last -n 50 -F -w 2>/dev/null || $limit last -n 50 2>/dev/null || $limit last 2>/dev/null; } |
            head -n 50 | told 'l '
    fi
}

echo "c $(date +%s)"
for tool in nice ionice gzip getcap openssl busybox stat readlink; do
    has "$tool" && echo "t $tool"
done
nice -n 19 true >/dev/null 2>&1 && echo 't nice-works'
ionice -c 3 true >/dev/null 2>&1 && echo 't ionice-works'
# First: where this answer is cut, sections are missing, and not the words that explain them.
tell_logins
for section in mounts packages repositories users groups sudoers authorised_keys cron services ports kernel firewall sshd; do
    case $wanted in
        *" $section "*) ;;
        *) continue ;;
    esac
    case $section in
        users) tell_accounts users /etc/passwd "$@" ;;
        groups) tell_accounts groups /etc/group "$@" ;;
        *) "tell_$section" "$@" ;;
    esac
done
echo .
