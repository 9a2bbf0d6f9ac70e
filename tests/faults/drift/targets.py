"""Which of a system's files are fit for which deed, each given out once: a second deed would hide the first."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable

from tests.faults.drift.deeds import GUI, PW, File

# What the product, the stage and the looks themselves run: changed bytes there would end the trial, not enrich it.
NEEDED = frozenset(
    [
        "sh",
        "bash",
        "dash",
        "busybox",
        "env",
        "cat",
        "cp",
        "mv",
        "rm",
        "ln",
        "ls",
        "mkdir",
        "chmod",
        "chown",
        "touch",
        "stat",
        "find",
        "sort",
        "xargs",
        "sed",
        "grep",
        "awk",
        "mawk",
        "gawk",
        "perl",
        "cut",
        "head",
        "tail",
        "tr",
        "wc",
        "od",
        "cmp",
        "date",
        "sleep",
        "sha256sum",
        "md5sum",
        "cksum",
        "getcap",
        "setcap",
        "setpriv",
        "id",
        "ps",
        "ip",
        "ss",
        "openssl",
        "ssh",
        "sshd",
        "scp",
        "apt-get",
        "apt",
        "dpkg",
        "dpkg-query",
        "dpkg-deb",
        "dpkg-split",
        "tar",
        "gzip",
        "chroot",
        "mount",
        "umount",
        "mountpoint",
        "nohup",
        "setsid",
        "timeout",
        "nice",
        "ionice",
        "crontab",
        "cron",
        "asterisk",
        "mysql",
        "mariadb",
        "mysqldump",
        "mariadb-dump",
        "mariadbd",
        "nginx",
        "php-fpm7.4",
        "useradd",
        "groupadd",
        "usermod",
        "passwd",
        "chpasswd",
        "iptables",
        "nft",
        "sysctl",
        "readlink",
        "realpath",
        "basename",
        "dirname",
        "uname",
        "hostname",
        "test",
        "true",
        "false",
        "expr",
        "printf",
        "echo",
        "tee",
        "mktemp",
        "install",
        "diff",
        "ldconfig",
        "start-stop-daemon",
        "update-rc.d",
        "invoke-rc.d",
        "netstat",
        "pgrep",
        "kill",
        "df",
        "du",
        "getent",
        "ldd",
        "logrotate",
        "sudo",
        "visudo",
        "update-alternatives",
        "ucf",
        "run-parts",
        "tempfile",
    ]
)
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
