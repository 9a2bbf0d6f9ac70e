"""Pure: what of ssh's own arguments may be kept: the options' names, and the way through jump hosts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from access_check.addresses import is_literal

_WITH_VALUE = "BbcDEeFIiJLlmOopQRSWw"  # ssh(1)
_HOP = re.compile(r"(?:ssh://)?(?:[^@]*@)?(?:\[(?P<v6>[^\]]+)\]|(?P<host>[^:@/-][^:@/]*))(?::(?P<port>\d+))?/?")
_WITHHELD = "withheld"


def kept_arguments(words: Sequence[str], stand_in: Callable[[str], str]) -> tuple[str, ...]:
    """The same options in the same order, one by one, every value withheld but ports and jump hosts.

    `stand_in` is what becomes of a jump host's name; its user never stays (a password may stand behind it). `none`
    stays `none`. An option or a word that ssh would not know stays one.
    """
    return tuple(_kept(words, stand_in))


def _kept(words: Sequence[str], stand_in: Callable[[str], str]) -> Iterator[str]:
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if not word.startswith("-") or word in ("-", "--"):
            yield _WITHHELD
            continue
        letters = word[1:]
        while letters:
            letter, letters = letters[0], letters[1:]
            yield f"-{letter}"
            if letter not in _WITH_VALUE:
                continue
            value, letters = letters or (rest.pop(0) if rest else ""), ""
            yield _named(value, stand_in) if letter == "o" else _value(letter, value, stand_in)


def _named(option: str, stand_in: Callable[[str], str]) -> str:
    name, _, value = re.sub(r"[\s=]+", "=", option.strip(), count=1).partition("=")
    plain = name if re.fullmatch(r"[A-Za-z0-9]{1,64}", name) else _WITHHELD
    return f"{plain}={_value(plain.lower(), value.strip().strip(chr(34)), stand_in)}"


def _value(name: str, value: str, stand_in: Callable[[str], str]) -> str:
    if name in ("p", "port") and value.isdecimal() and len(value) < 8:
        return value
    if value.lower() == "none":
        return "none"
    if name in ("J", "proxyjump"):
        return ",".join(_hop(hop.strip(), stand_in) for hop in value.split(","))
    return _WITHHELD


def _hop(text: str, stand_in: Callable[[str], str]) -> str:
    found = _HOP.fullmatch(text)
    if found is None:
        return f"-{_WITHHELD}"  # stays one that nobody can follow
    host = stand_in(found["v6"] or found["host"])
    port = f":{found['port']}" if found["port"] else ""
    return f"[{host}]{port}" if is_literal(host) and ":" in host else f"{host}{port}"
