"""Pure: an address header → who stands in it; one way of writing an address, to compare it with registered ones.

The syntax is read before encoded words are, so that no encoded word can bring an address or a comma with it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from callout.desk.mail.charsets import REPLACEMENT, one_line
from callout.desk.mail.headers import decoded_words, without_bytes
from callout.desk.mail.limits import NAME_CHARACTERS

_LONGEST_ADDRESS = 254
_MOST = 100
_TOKEN = re.compile(
    r'"(?P<quoted>(?:[^"\\]|\\.)*)(?:"|$)|<(?P<angle>[^<>]*)(?:>|$)|(?P<special>[,;:()\\>])|(?P<plain>[^",;:()<>\\]+)',
    re.DOTALL,
)
_ADDRESS = re.compile(r"([^\s@<>\"(),:;\\\[\]]{1,64})@([^\s@<>\"(),:;\\\[\]_/]{1,253})")
_LOOKS_LIKE_ADDRESS = re.compile(r"[\w.+-]{1,64}[@＠][\w-]{1,63}(?:\.[\w-]{1,63})+")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One who stands in a header: the name shown, and the address in the one way that `canonical_address` writes."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Addresses:
    """Those in a header, in order; `is_clear` is False where part of it is a group, or cannot be read as addresses."""

    mailboxes: tuple[Mailbox, ...]
    is_clear: bool


def canonical_address(text: str) -> str:
    """The address with everything in small letters and its domain as it is asked for in the DNS; empty if it is none.

    Letters of other scripts stay different from the Latin ones that they look like: their domain is `xn--…`.
    """
    found = _ADDRESS.fullmatch(text.strip())
    if found is None or len(text) > _LONGEST_ADDRESS:
        return ""
    local, domain = found[1], found[2].rstrip(".").lower()
    if not domain.isascii():
        try:
            domain = domain.encode("idna").decode("ascii").lower()
        except UnicodeError:
            return ""
    labels = domain.split(".")
    if (
        not local.isprintable()
        or REPLACEMENT in local
        or not all(labels)
        or local.startswith(".")
        or local.endswith(".")
        or ".." in local
    ):
        return ""
    return f"{local.lower() if local.isascii() else local}@{domain}"


def shown_domain(address: str) -> str:
    """The domain as a person would see it, where it is written in other letters than the DNS's; else empty."""
    domain = address.rpartition("@")[2]
    if "xn--" not in domain:
        return ""
    try:
        return domain.encode("ascii").decode("idna")
    except UnicodeError:
        return domain


def names_another(mailbox: Mailbox) -> bool:
    """True where the name shown is, or holds, an address that is not the mailbox's own."""
    found = _LOOKS_LIKE_ADDRESS.search(mailbox.name)
    return found is not None and canonical_address(found[0].replace("＠", "@")) != mailbox.address


def addresses_in(header: str) -> Addresses:
    """Everybody in an address header, groups opened, comments dropped; at most 100."""
    found: list[Mailbox] = []
    is_clear = True
    words: list[str] = []
    angle: str | None = None
    depth = 0
    is_quoted = is_group = False

    def end_one() -> None:
        nonlocal angle, is_clear, is_quoted
        name = "".join(words).strip()
        if angle is None and not name:
            return
        # A quoted text is a name: `"a@b.example"` alone is nobody's address.
        is_clear = is_clear and not (angle is None and is_quoted)
        is_quoted = False
        address = canonical_address(without_bytes(name if angle is None else angle))
        if not address or len(found) == _MOST:
            is_clear = False
        else:
            shown = "" if angle is None else one_line(decoded_words(name), NAME_CHARACTERS)
            found.append(Mailbox(shown, address))
        words.clear()
        angle = None

    for token in _TOKEN.finditer(header):
        special = token["special"]
        if special == "(":
            depth += 1
        elif special == ")":
            is_clear, depth = is_clear and depth > 0, max(depth - 1, 0)
        elif depth:
            continue
        elif special in (",", ";"):
            end_one()
        elif special == ":":
            words.clear()  # a group's name; who sends is one person
            is_group = True
        elif special is not None:
            is_clear = False
        elif token["angle"] is not None:
            is_clear = is_clear and angle is None
            angle = token["angle"] if angle is None else angle
        elif token["quoted"] is not None:
            words.append(re.sub(r"\\(.)", r"\1", token["quoted"]))
            is_quoted = True
        elif angle is None:
            words.append(token["plain"])
        elif token["plain"].strip():
            is_clear = False
    end_one()
    is_clear = is_clear and depth == 0 and not is_group
    return Addresses(tuple(found), is_clear)
