"""Bounded lines of a device's answer, and the words for ports that several devices share."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass

from access_check.edge.forwards import LAST_PORT, Ports

LIMIT_CHARACTERS = 1024 * 1024
LIMIT_LINES = 20_000
LIMIT_LINE = 2000
# IOS and ASA print the first names, pfctl those of FreeBSD's /etc/services.
_NAMED_PORTS = {
    "ftp": 21,
    "ssh": 22,
    "telnet": 23,
    "smtp": 25,
    "domain": 53,
    "http": 80,
    "www": 80,
    "hosts2-ns": 81,
    "pop3": 110,
    "imap4": 143,
    "https": 443,
    "xinupageserver": 2020,
    "rockwell-csp2": 2222,
    "sip": 5060,
    "sip-tls": 5061,
    "sips": 5061,
}
_WITHOUT_PORTS = frozenset(
    {"icmp", "gre", "esp", "ah", "sctp", "igmp", "ospf", "carp", "pfsync", "pim", "ipv6-icmp", "icmp6"}
    | {"1", "47", "50", "51", "132"}
)
_PAGER = re.compile(r"\s*-{2,} ?\(?[Mm]ore\)?[^-]{0,40}-{2,}\s*")
# A prompt, alone or with the command typed behind it: `gw#`, `gw (root) $ show …`, `admin@gw:~$ …`, `[a@gw] > /ip …`.
_PROMPT = re.compile(
    r"(?:\[[^\]\s]{1,80}\]|[\w.@:~-]{1,80}(?: \([\w.-]{1,40}\))?) ?[#>$](?: ?(?:show|pfctl|/ip|sh) .{0,200})?"
)
_WORD = re.compile(r"""\s+|"(?P<double>(?:[^"\\]|\\.)*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"']+)""")
_COMMAND = re.compile(r"(?:show (?:nat|run|conf|firewall)|pfctl -s|/ip firewall nat print).{0,200}")


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its end; `number` counts from 1."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a text that say something, the lines that are too long, and whether the text was cut."""

    lines: tuple[Line, ...]
    too_long: tuple[int, ...]
    cut: bool


def read_lines(text: str) -> Lines:
    """`text` in lines, without blank ones, prompts, repeated commands and what a pager left behind."""
    cut = len(text) > LIMIT_CHARACTERS
    split = text[:LIMIT_CHARACTERS].replace("\r\n", "\n").replace("\r", "\n").split("\n")
    cut = cut or len(split) > LIMIT_LINES
    kept: list[Line] = []
    too_long: list[int] = []
    for number, line in enumerate(split[:LIMIT_LINES], start=1):
        if len(line) > LIMIT_LINE:
            too_long.append(number)
            continue
        said = line.rstrip()
        bare = said.strip()
        if bare and not (_PAGER.fullmatch(said) or _PROMPT.fullmatch(bare) or _COMMAND.fullmatch(bare)):
            kept.append(Line(number, said))
    return Lines(tuple(kept), tuple(too_long), cut)


def port_number(word: str) -> int | None:
    """A port by number or by a name that devices print; None for everything else."""
    if word.isascii() and word.isdigit() and len(word) <= 5:
        number = int(word)
        return number if 0 < number <= LAST_PORT else None
    return _NAMED_PORTS.get(word.lower())


def port_range(words: str, separator: str = "-") -> Ports | None:
    """`443` or `8000-8100`; None for everything else."""
    whole = port_number(words)
    if whole is not None:
        return Ports(whole, whole)
    first, found, last = words.partition(separator)
    if not found:
        return None
    low, high = port_number(first.strip()), port_number(last.strip())
    return Ports(low, high) if low is not None and high is not None and low <= high else None


def port_list(words: str, separator: str = "-") -> list[Ports] | None:
    """`80,443,8000-8100`; None where one of them is not a port. At most 64."""
    ranges = [port_range(word.strip(), separator) for word in words.split(",")[:65]]
    known = [ports for ports in ranges if ports is not None]
    return known if len(known) == len(ranges) <= 64 else None


def quoted_words(said: str) -> list[str] | None:
    """The words of a line, quotation marks taken off; None where a quotation does not end."""
    words: list[str] = []
    place = 0
    while place < len(said):
        word = _WORD.match(said, place)
        if word is None:
            return None
        if word.lastgroup is not None:
            words.append(word[word.lastgroup])
        place = word.end()
    return words


def is_address(word: str) -> bool:
    """Whether `word` is one plain IP address."""
    return one_address(word) != ""


def one_address(word: str) -> str:
    """The address in `word`, also as a network of one (`/32`) or a range of one; empty for everything else."""
    first, _, last = word.partition("-")
    if last and last == first:
        word = first
    bare, _, bits = word.partition("/")
    if len(bare) > 45:
        return ""
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        return ""
    return str(address) if bits in ("", str(address.max_prefixlen)) else ""


def protocols(word: str) -> tuple[str, ...] | None:
    """The house's word for a protocol; empty for one that has no TCP in it, None for one that we do not know."""
    known: dict[str, tuple[str, ...]] = {
        "tcp": ("tcp",),
        "6": ("tcp",),
        "udp": ("udp",),
        "17": ("udp",),
        "tcp_udp": ("any",),
        "tcp/udp": ("any",),
        "all": ("any",),
        "any": ("any",),
        "ip": ("any",),
        "": ("any",),
    }
    return () if word.lower() in _WITHOUT_PORTS else known.get(word.lower())


def take_setting(said: str, values: dict[str, str], keys: Collection[str]) -> bool:
    """Puts what stands behind a rule's number in a `set` line into `values`; False where it is not one of `keys`.

    Vyatta's children (VyOS, EdgeRouter) print a setting as one or two words and at most one value; a rule's bare
    name is well.
    """
    words = quoted_words(said)
    if words is None:
        return False
    for length in (2, 1):
        key = " ".join(words[:length])
        if key in keys and len(words) - length <= 1:
            values[key] = words[length] if len(words) > length else ""
            return True
    return not words
