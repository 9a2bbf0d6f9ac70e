"""Debian packages for practice, chosen for what their installation leaves behind besides their own files.

Accounts (tcpdump, dbus, uuid-runtime), alternatives (nano, ed, netcat, telnet, gawk), shells (screen, tmux, zsh),
links in /etc/rc?.d (sysstat, at, rpcbind), byte-compiled Python (python3-yaml), generated keys (ssl-cert), listening
ports (rpcbind, exim), jobs (sysstat, anacron, man-db), settings written by ucf (exim). None of that belongs to a
package's list of files.
"""

from __future__ import annotations

# Installed between two looks.
NEW = (
    "tree", "jq", "bc", "file", "dos2unix", "lsof", "strace", "nano", "ed", "gawk", "netcat-openbsd", "telnet",
    "python3-minimal", "python3-yaml", "man-db", "sysstat", "tcpdump", "uuid-runtime", "dbus", "at", "anacron",
    "ssl-cert", "rpcbind", "screen", "zsh", "tmux", "whois", "traceroute", "mtr-tiny", "iperf3", "ncdu", "pv",
    "rsync", "rename", "zip", "unzip", "bzip2", "xz-utils", "socat", "ethtool", "bridge-utils", "vlan", "time",
    "psmisc", "moreutils", "patch", "figlet", "cowsay", "sl", "toilet", "units", "dc", "fdupes", "xxd", "vim-tiny",
    "joe", "wdiff", "acl", "attr", "quota", "nload", "iftop", "vnstat", "fping", "ngrep", "mailcap", "media-types",
    "openbsd-inetd", "exim4-daemon-light", "rsyslog", "wamerican", "dosfstools", "mtools", "sharutils", "colordiff",
    "hexedit", "ltrace",
)  # fmt: skip
# There before the first look, removed with their settings between two.
OLD = (
    "htop", "iotop", "lolcat", "ifstat", "arping", "ntpdate", "sipsak", "sngrep", "dateutils", "ccze", "multitail",
    "pwgen", "apg", "libnet-ssleay-perl", "rlwrap", "numactl", "hdparm", "ipcalc", "netcat-traditional",
    "dnstracer",
)  # fmt: skip
# There in the release's older version before the first look, upgraded to the newest between two.
OUTDATED = (
    "curl", "libcurl4", "libgnutls30", "libnghttp2-14", "libssl1.1", "openssl", "openssh-client", "openssh-server",
    "openssh-sftp-server", "tzdata", "ca-certificates", "libcap2", "libcap2-bin", "liblzma5", "libtasn1-6", "gpgv",
    "busybox", "libkrb5-3", "libk5crypto3", "libkrb5support0", "libgssapi-krb5-2", "login", "passwd", "ucf",
)  # fmt: skip
# There before the first look, for the kinds of deeds that work with them.
STAGE = {
    "iptables": frozenset({"firewall"}),
    "sudo": frozenset({"apt upgrade", "apt purge"}),
    "logrotate": frozenset({"log rotation"}),
}
