"""Pure: ansible_ssh_common_args and _extra_args → what of them the walk follows, and what it does not.

Read as ssh reads its command line (ssh.c, readconf.c): options may be bundled (`-Cp 22`), names of `-o` are in any
case, the first value counts.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from access_check.escaping import shown

_WITH_VALUE = "BbcDEeFIiJLlmOopQRSWw"
_BY_LETTER = {"p": "port", "l": "user", "i": "identityfile", "J": "proxyjump"}
_HOP = re.compile(r"(?:ssh://)?(?:(?P<user>[^@]*)@)?(?:\[(?P<v6>[^\]]+)\]|(?P<host>[^:@/]+))(?::(?P<port>\d+))?/?")
_FOLLOWED = ("port", "user", "identityfile", "certificatefile", "hostkeyalias", "proxyjump", "proxycommand")
# They change how a connection is kept or told of, and nothing of what a look sees.
_OF_NO_CONSEQUENCE = re.compile(
    "addkeystoagent|batchmode|checkhostip|compression|connectionattempts|connecttimeout|controlmaster|controlpath|"
    "controlpersist|escapechar|forwardagent|forwardx11|forwardx11trusted|gssapiauthentication|hashknownhosts|"
    "identitiesonly|loglevel|numberofpasswordprompts|requesttty|serveralivecountmax|serveraliveinterval|"
    "tcpkeepalive|updatehostkeys|visualhostkey"
)
_LETTERS_OF_NO_CONSEQUENCE = "TtqvCAaXxYnNkfg"


@dataclass(frozen=True, slots=True)
class Hop:
    """One jump host; port 0 and an empty user are left to the engineer's own ssh configuration."""

    host: str
    user: str = ""
    port: int = 0


@dataclass(frozen=True, slots=True)
class ConnectionArguments:
    """What is followed. `jump` are the hops in order, `command` a ProxyCommand as a shell runs it, with its `%h %p`.

    `not_followed` are the names of the other options, without their values, which may hold a secret.
    """

    port: int | None = None
    user: str | None = None
    identity: Path | None = None
    certificate: Path | None = None
    host_key_alias: str = ""
    jump: tuple[Hop, ...] = ()
    command: str = ""
    not_followed: tuple[str, ...] = ()

    @property
    def way(self) -> str:
        """The way to the system in words, empty where it is direct; a command is not told, it may hold a secret."""
        if self.jump:
            return f"jump host {shown(' and '.join(hop.host for hop in self.jump), 120)}"
        return "a ProxyCommand" if self.command else ""


def connection_arguments(words: Sequence[str]) -> ConnectionArguments:
    """The words as ssh would read them."""
    return _as_read(tuple(words))


# Asked for at every step of a system's look, and the same for most systems.
@lru_cache(maxsize=256)
def _as_read(words: tuple[str, ...]) -> ConnectionArguments:
    values: dict[str, str] = {}
    unknown: list[str] = []
    for name, value in _options(words):
        if name not in _FOLLOWED:
            unknown.append(shown(name, 64))
        elif name not in values:
            values[name] = value
    port = values.get("port", "")
    if port and not (port.isdecimal() and 1 <= int(port) <= 65535):
        unknown.append("port")
        port = ""
    jump, command = _proxy(values, unknown)
    return ConnectionArguments(
        port=int(port) if port else None,
        user=values.get("user") or None,
        identity=_path(values.get("identityfile")),
        certificate=_path(values.get("certificatefile")),
        host_key_alias=values.get("hostkeyalias", ""),
        jump=jump,
        command=command,
        not_followed=tuple(dict.fromkeys(unknown)),
    )


def command_for(command: str, host: str, port: int, user: str) -> str:
    """A ProxyCommand with its tokens replaced: `%h %n` host, `%p` port, `%r` user, `%%` a percent sign."""
    values = {"h": shlex.quote(host), "n": shlex.quote(host), "p": str(port), "r": shlex.quote(user), "%": "%"}
    return re.sub(r"%([hnpr%])", lambda token: values[token[1]], command)


def _options(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Name in small letters and value of each option that is of consequence."""
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if not word.startswith("-") or word in ("-", "--"):
            yield word, ""
            continue
        letters = word[1:]
        while letters:
            letter, letters = letters[0], letters[1:]
            value = ""
            if letter in _WITH_VALUE:
                value, letters = letters or (rest.pop(0) if rest else ""), ""
            if letter == "o":
                name, _, value = re.sub(r"[\s=]+", "=", value.strip(), count=1).partition("=")
                if not _OF_NO_CONSEQUENCE.fullmatch(name.lower()):
                    yield name.lower(), value.strip().strip('"')
            elif letter not in _LETTERS_OF_NO_CONSEQUENCE:
                yield _BY_LETTER.get(letter, f"-{letter}"), value


def _proxy(values: dict[str, str], unknown: list[str]) -> tuple[tuple[Hop, ...], str]:
    """The first of the two that was given counts; `none` is direct."""
    first = next((name for name in values if name in ("proxyjump", "proxycommand")), "")
    value = values.get(first, "none")
    if value.lower() == "none":
        return (), ""
    if first == "proxycommand":
        return (), value
    hops = tuple(_hop(text) for text in value.split(","))
    if None in hops:
        unknown.append(first)
        # Not followed, and yet never walked as if the system were next door.
        return (Hop("(unreadable)"),), ""
    return tuple(hop for hop in hops if hop is not None), ""


def _hop(text: str) -> Hop | None:
    found = _HOP.fullmatch(text.strip())
    if found is None or (found["host"] or "").startswith("-") or (found["user"] or "").startswith("-"):
        return None
    return Hop(found["v6"] or found["host"], (found["user"] or "").partition(":")[0], int(found["port"] or 0))


def _path(text: str | None) -> Path | None:
    return Path(text) if text and text.lower() != "none" else None
