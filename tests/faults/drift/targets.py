"""Which of a system's files are fit for which deed, each given out once: a second deed would hide the first."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable

from tests.faults.drift.deeds import GUI, PW, File

# What the product, the stage and the looks themselves run: changed bytes there would end the trial, not enrich it.
_NEEDED = """
    apt apt-get asterisk awk base64 basename bash busybox bzip2 cat chgpasswd chmod chown chpasswd chroot cksum
    cmp cp cron crontab curl cut dash date df diff dirname dpkg dpkg-deb dpkg-query dpkg-split du echo egrep env
    expr false fgrep find gawk getcap getent getopt gpasswd grep groupadd groupdel groupmod gunzip gzip head
    hostname id install invoke-rc.d ionice ip iptables kill ldconfig ldd ln logger logrotate ls lsb_release
    mariadb mariadb-dump mariadbd mawk md5sum md5sum.textutils mkdir mkfifo mktemp mount mountpoint mv mysql
    mysqldump netstat nft nginx nice nohup nproc od openssl passwd perl pgrep php-fpm7.4 pidof printf ps
    readlink realpath rgrep rm run-mailcap run-parts runlevel savelog scp sed seq service setcap setpriv setsid
    sh sha256sum sleep sort ss ssh sshd start-stop-daemon stat sudo sync sysctl tac tail tar tee tempfile test
    timeout touch tr true truncate ucf umount uname update-alternatives update-rc.d useradd userdel usermod
    visudo wc which xargs xz zcat
"""
NEEDED = frozenset(_NEEDED.split())
# Data that nothing on a practice system reads while it runs.
QUIET = (
    "/usr/share/", "/usr/lib/", "/opt/httpd/", f"{PW}/usr/share/", f"{PW}/usr/lib/asterisk/", f"{PW}/usr/lib/php/",
    f"{GUI}/modules/", f"{PW}/var/lib/asterisk/static-http/",
)  # fmt: skip
NOISY = (
    "/perl", "/dpkg", "/apt/", "/debconf", "/ca-certificates", "/doc/", "/man/", "/info/", "/locale/", "/mysql/",
    "/openssh/", "/sftp-server", "/zoneinfo", "/python3", "/init.d", "/systemd/", "/lintian/", "/ucf", "/pam",
    "/security/", "/tabset/", "/terminfo/", "/sudo", "/iptables", "/xtables", "/.so", ".so.", "/cgi-bin/", "/base-",
)  # fmt: skip


class Targets:
    """Files and names, drawn once each. Raises LookupError when there are no more."""

    def __init__(self, dice: random.Random, files: Iterable[File], spoken_for: frozenset[str]) -> None:
        self._dice = dice
        self._files = [file for file in files if file.package not in spoken_for]
        dice.shuffle(self._files)
        self._used: set[str] = set()
        self._number = 0

    def _first(self, fits: Callable[[File], bool]) -> File:
        for file in self._files:
            if file.path not in self._used and fits(file):
                self._used.add(file.path)
                return file
        raise LookupError("the tree has no more files of that sort")

    def data(self, least: int = 1) -> File:
        """A file that nothing reads while the system runs, of at least so many bytes and at most 400 KB."""
        return self._first(lambda file: least <= file.size <= 400_000 and is_quiet(file.path))

    def text(self) -> File:
        """The same, of letters: PHP, script or plain text."""
        ends = (".php", ".txt", ".sh", ".xml", ".js", ".css", ".html", ".xsl", ".conf", ".inc", ".mo", ".list")
        return self._first(lambda file: 60 <= file.size <= 400_000 and is_quiet(file.path) and file.path.endswith(ends))

    def program(self) -> File:
        """A program that neither the product nor a look needs."""
        return self._first(
            lambda file: (
                file.size > 0
                and file.path.startswith(
                    ("/usr/bin/", "/usr/sbin/", "/bin/", "/sbin/", f"{PW}/usr/bin/", f"{PW}/usr/sbin/")
                )
                and file.path.rsplit("/", 1)[-1] not in NEEDED
                and not file.path.rsplit("/", 1)[-1].startswith(("dpkg", "apt", "deb", "update-", "ssh", "perl", "php"))
            )
        )

    def folder(self) -> str:
        """A folder into which something may be put."""
        folders = (
            "/usr/local/bin", "/usr/local/sbin", "/usr/local/lib", "/usr/lib", "/usr/share/misc", "/usr/bin",
            "/etc/profile.d", "/etc", "/opt", "/opt/httpd", "/opt/pbxware/sh", "/root", GUI, f"{GUI}/modules",
            f"{PW}/usr/bin", f"{PW}/usr/local/bin", f"{PW}/usr/lib/asterisk/modules", f"{PW}/usr/share", "/usr/sbin",
        )  # fmt: skip
        return self._dice.choice(folders)

    def word(self, stem: str) -> str:
        """A name that no other deed has."""
        self._number += 1
        return f"{stem}{self._dice.randrange(0x1000):03x}{self._number}"


def is_quiet(path: str) -> bool:
    """Whether nothing reads that file while the system runs."""
    return path.startswith(QUIET) and not any(word in path for word in NOISY)
