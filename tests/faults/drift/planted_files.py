"""Modifications of files that nobody supports: content, mode, owner, deletion, addition, links, new rights."""

from __future__ import annotations

import random

from tests.faults.drift.deeds import File, Mark, path_mark, quoted
from tests.faults.drift.targets import Targets

Drawn = tuple[str, tuple[Mark, ...]]
# Names that a careless reader of listings trips over.
ODD_NAMES = (".hidden", "two words", "-rf", "tab\there", "line\nend", "*", "$(id)", "ümlaut", "esc\x1b[2J", "a'b\"c")


def content(dice: random.Random, targets: Targets) -> Drawn:
    """Bytes appended, in place or as a new file under the old name."""
    file = targets.program() if dice.random() < 0.3 else targets.data()
    path = quoted(file.path)
    added = f"printf '\\n# edited {dice.randrange(10**6)}\\n'"
    if file.path.rsplit("/", 2)[-2] in ("bin", "sbin") or dice.random() < 0.4:
        return f"cp -p {path} {path}.new && {added} >>{path}.new && mv {path}.new {path}", path_mark(file.path)
    return f"{added} >>{path}", path_mark(file.path)


def same_size(dice: random.Random, targets: Targets) -> Drawn:
    """Other letters, the same length, and the old time put back."""
    file = targets.text()
    path = quoted(file.path)
    letters = dice.choice(("'a-y' 'b-z'", "'a-m' 'n-z'", "'aeiou' 'eioua'"))
    # Some put the old name over a changed copy, some write in place.
    put = 'mv /run/plant "$1"' if dice.random() < 0.5 else 'cat /run/plant >"$1" && rm /run/plant'
    return (
        f"set -- {path}; touch -r \"$1\" /run/times; cp -p \"$1\" /run/plant; tr {letters} <\"$1\" >/run/plant; "
        f"! cmp -s /run/plant \"$1\"; {put}; touch -r /run/times \"$1\""
    ), path_mark(file.path)  # fmt: skip


def mode(dice: random.Random, targets: Targets) -> Drawn:
    """Other permission bits, without setuid and setgid."""
    file = targets.program() if dice.random() < 0.4 else targets.data()
    wanted = dice.choice([bits for bits in (0o777, 0o666, 0o600, 0o755, 0o644, 0o000, 0o1755) if bits != file.mode])
    return f"chmod {wanted:04o} {quoted(file.path)}", path_mark(file.path)


def owner(dice: random.Random, targets: Targets) -> Drawn:
    """Another user, another group, or both."""
    file = targets.data()
    uid = dice.choice([number for number in (1, 33, 1000, 65534) if number != file.uid])
    gid = dice.choice([number for number in (1, 50, 1000, 65534) if number != file.gid])
    words = dice.choice((f"{uid}", f":{gid}", f"{uid}:{gid}"))
    return f"chown {words} {quoted(file.path)}", path_mark(file.path)


def deleted(dice: random.Random, targets: Targets) -> Drawn:
    """A file that is no more."""
    file = targets.program() if dice.random() < 0.2 else targets.data()
    return f"rm {quoted(file.path)}", path_mark(file.path)


def added(dice: random.Random, targets: Targets) -> Drawn:
    """A file, a folder, a pipe or a socket-like node where there was none, some with a name that misleads."""
    name = targets.word("tool") + (dice.choice(ODD_NAMES) if dice.random() < 0.4 else "")
    path = f"{targets.folder()}/{name}"
    made = dice.choice(("printf '#!/bin/sh\\nexit 0\\n' >", ": >", "mkdir ", "mkfifo ", "cp -p /bin/true "))
    return f"{made}{quoted(path)}", path_mark(path)


def link(dice: random.Random, targets: Targets) -> Drawn:
    """A new symbolic link, or one that has taken a file's place."""
    target = dice.choice(("/tmp/x", "/dev/null", "/etc/shadow", "../../etc/passwd", "/nowhere/at all"))
    if dice.random() < 0.5:
        path = f"{targets.folder()}/{targets.word('link')}"
        return f"ln -s {quoted(target)} {quoted(path)}", path_mark(path)
    file = targets.data()
    return f"rm {quoted(file.path)} && ln -s {quoted(target)} {quoted(file.path)}", path_mark(file.path)


def setuid(dice: random.Random, targets: Targets) -> Drawn:
    """A program that runs with its owner's or its group's rights from now on, or a copy of the shell that does."""
    bits = dice.choice((0o4755, 0o2755, 0o6755, 0o4711))
    if dice.random() < 0.4:
        path = f"{targets.folder()}/{targets.word('helper')}"
        return f"cp /bin/dash {quoted(path)} && chmod {bits:04o} {quoted(path)}", path_mark(path)
    file = _with_other_mode(targets, bits)
    return f"chmod {bits:04o} {quoted(file.path)}", path_mark(file.path)


def _with_other_mode(targets: Targets, bits: int) -> File:
    while True:
        file = targets.program()
        if file.mode != bits:
            return file


def capabilities(dice: random.Random, targets: Targets) -> Drawn:
    """Rights of root in a program's extended attributes: neither size, mode nor time tell of them."""
    file = targets.program()
    right = dice.choice(("cap_net_raw+ep", "cap_setuid+ep", "cap_dac_read_search+ep", "cap_sys_ptrace+eip"))
    return f"setcap {right} {quoted(file.path)}", path_mark(file.path)


KINDS = {
    "content": (content, 50),
    "same size, time put back": (same_size, 45),
    "mode": (mode, 28),
    "owner": (owner, 28),
    "deleted": (deleted, 28),
    "added": (added, 40),
    "symbolic link": (link, 25),
    "setuid or setgid": (setuid, 20),
    "capabilities": (capabilities, 15),
}
