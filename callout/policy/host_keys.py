"""Pure: what becomes of a known_hosts file when a person accepts or revokes a key."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass

from access_check.observations import HostKey
from access_check.trust import KeyOnFile, compare, fingerprint
from access_check.trust_lines import HostLine, lines_for, lines_with_keys, silenced_for
from callout.errors import BadInput, TrustRefused

# Raised for a key that was withdrawn, wherever it turns up.
ASK_WHY = "Do not log in. Ask the customer why a key that was withdrawn is in use again."


@dataclass(frozen=True, slots=True)
class Change:
    """The file's new content, and the keys that no longer count for the name. `verdict` is what the key was."""

    content: bytes
    verdict: HostKey
    gone: tuple[KeyOnFile, ...] = ()


def require_fingerprint(text: str) -> str:
    """The fingerprint without blanks around it. Raises BadInput for anything but `SHA256:` and 43 characters."""
    if not re.fullmatch(r"SHA256:[A-Za-z0-9+/]{43}", text.strip()):
        raise BadInput(
            f"{text!r} is no SHA256 fingerprint.",
            "It looks like SHA256: and 43 characters; the customer reads it with ssh-keygen -l -f on the key file.",
        )
    return text.strip()


def accepted(content: bytes, name: str, key: KeyOnFile, *, replace: bool = False, revoke_old: bool = False) -> Change:
    """The file in which `key` counts for `name` (see `known_hosts_name`).

    A key of another kind is put beside those on file. Where there is one of the *same* kind, it has changed and
    needs `replace`. With `replace` every other plain key of that name goes, whatever its kind, since the machine
    that had them is gone; with `revoke_old` they are also withdrawn. Lines that speak for others keep on doing
    so, all other bytes stay. Raises TrustRefused for a revoked key and for a changed one without `replace`;
    BadInput for a name that would mean more than one host.
    """
    _require_plain(name)
    lines = lines_for(content, name)
    verdict = compare(key.kind, key.blob, [line.key for line in lines]).host_key
    if verdict is HostKey.REVOKED:
        raise TrustRefused(
            f"{fingerprint(key.blob)} of {name} is revoked in our trust store; nothing was changed.", ASK_WHY
        )
    old = tuple(dict.fromkeys(line.key for line in lines if _is_plain(line) and line.key.blob != key.blob))
    if verdict is HostKey.CHANGED and not replace:
        on_file = ", ".join(fingerprint(one.blob) for one in old if one.kind == key.kind)
        raise TrustRefused(
            f"Another {key.kind} key of {name} is on file ({on_file}); nothing was changed.",
            "Ask the customer whether the system was replaced or migrated; if so, add --replace.",
        )
    gone = old if replace else ()
    if gone:
        content = _without(content, name, lambda line: _is_plain(line) and line.key.blob != key.blob)
    added = [] if verdict is HostKey.KNOWN else [_line(name, key)]
    added += [_line("*", one, "@revoked ") for one in gone if revoke_old]
    return Change(_with(content, added) if added else content, verdict, gone)


def revoked(content: bytes, name: str, key: KeyOnFile) -> Change:
    """The file in which `key` is withdrawn for every host, by a line `@revoked *`: whoever stole it has it everywhere.

    Its plain lines no longer speak for `name`, so that the next key is a new one and not a changed one.
    """
    _require_plain(name)
    lines = lines_for(content, name)
    verdict = compare(key.kind, key.blob, [line.key for line in lines]).host_key
    everywhere = any(
        line.key.marker == "@revoked" and line.key.blob == key.blob and line.hosts == b"*"
        for line in lines_with_keys(content)
    )
    content = _without(content, name, lambda line: _is_plain(line) and line.key.blob == key.blob)
    return Change(content if everywhere else _with(content, [_line("*", key, "@revoked ")]), verdict)


def key_with(content: bytes, found: str) -> KeyOnFile | None:
    """The key with that fingerprint, from any line of the file, as a plain one; None where there is none."""
    for line in lines_with_keys(content):
        if fingerprint(line.key.blob) == found:
            return KeyOnFile("", line.key.kind, line.key.blob)
    return None


def _is_plain(line: HostLine) -> bool:
    """Neither a revocation nor an authority."""
    return line.key.marker == ""


def _require_plain(name: str) -> None:
    if not re.fullmatch(r"[A-Za-z0-9._:%-]+|\[[A-Za-z0-9._:%-]+\]:\d+", name):
        raise BadInput(f"{name!r} does not name one host.", "Correct ansible_host in the inventory.")


def _line(name: str, key: KeyOnFile, marker: str = "") -> bytes:
    return f"{marker}{name} {key.kind} {base64.b64encode(key.blob).decode()}\n".encode()


def _with(content: bytes, added: list[bytes]) -> bytes:
    end = b"" if not content or content.endswith(b"\n") else b"\n"
    return content + end + b"".join(added)


def _without(content: bytes, name: str, goes: Callable[[HostLine], bool]) -> bytes:
    """The content in which the lines that `goes` picks no longer speak for `name`."""
    lines: list[bytes | None] = list(content.split(b"\n"))
    for line in lines_for(content, name):
        if goes(line):
            hosts = silenced_for(line.hosts, name)
            lines[line.number - 1] = line.before + hosts + line.after if hosts else None
    return b"\n".join(line for line in lines if line is not None)
