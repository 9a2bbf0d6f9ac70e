"""Pure: what a system said → the same without the secrets that we hold for it, should it say them back.

A banner, a prompt, a page or a command's output can repeat a password, out of malice or by a form that shows what
was typed. Observations pass through here before anything is judged, written or kept.
"""

from __future__ import annotations

import base64
import dataclasses
import html
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar
from urllib.parse import quote, quote_plus

from pydantic import BaseModel, SecretStr

from access_check.escaping import shown

MASK = "[our secret]"
# Anything shorter stands in many words by accident, and masking it would tell what it is.
SHORTEST = 4
# What is shorter than this was not cut off by a limit of ours, so that no half of a secret is at its end.
_MAY_BE_CUT = 60
# Words of the protocols that are told as such, whatever the password is.
_OUR_WORDS = frozenset({"password", "publickey", "keyboard-interactive", "none", "key", "certificate", "root", "admin"})
Seen = TypeVar("Seen")


@dataclass(frozen=True, slots=True)
class Masker:
    """Knows secrets in every spelling in which they may come back: plain, escaped, in a URL, in HTML, in base64."""

    spellings: tuple[str, ...]

    @classmethod
    def of(cls, secrets: Iterable[str]) -> Masker:
        """For these secrets; those under 4 characters cannot be masked."""
        told = {spelling for secret in secrets if len(secret) >= SHORTEST for spelling in _spellings(secret)}
        return cls(tuple(sorted(told, key=lambda spelling: (-len(spelling), spelling))))

    def text(self, said: str) -> str:
        """`said` without any of them, nor the first part of one where a limit has cut it."""
        if not self.spellings or said in _OUR_WORDS:
            return said
        masked = said
        for spelling in self.spellings:
            masked = masked.replace(spelling, MASK)
        if len(said) < _MAY_BE_CUT:
            return masked
        cut = masked.removesuffix("…")
        longest = max((_overlap(cut, spelling) for spelling in self.spellings), default=0)
        return cut[:-longest] + MASK + masked[len(cut) :] if longest else masked

    def seen(self, value: Seen) -> Seen:
        """The same observation with every text of it masked; numbers, moments and closed vocabularies stay."""
        return self._seen(value) if self.spellings else value

    def _seen(self, value: Any) -> Any:
        if value is None or isinstance(value, Enum | int):
            return value
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {name: self._seen(below) for name, below in value.items()}
        if isinstance(value, tuple | list):
            return type(value)(map(self._seen, value))
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            fields = {one.name: self._seen(getattr(value, one.name)) for one in dataclasses.fields(value) if one.init}
            return dataclasses.replace(value, **fields)
        return value


def without_our_secrets(holder: object, seen: Seen) -> Seen:
    """What was `seen`, masked by every secret in `holder` (a Target, a router's variables)."""
    return Masker.of(secrets_in(holder)).seen(seen)


def secrets_in(value: object) -> list[str]:
    """Every secret in a validated model (a Target), however deep."""
    if value is None or isinstance(value, str | int):
        return []  # most of what there is; the questions below are dearer
    if isinstance(value, SecretStr):
        return [value.get_secret_value()]
    if isinstance(value, BaseModel):
        return [secret for name in type(value).model_fields for secret in secrets_in(getattr(value, name))]
    if isinstance(value, Mapping):
        return [secret for below in value.values() for secret in secrets_in(below)]
    if isinstance(value, tuple | list):
        return [secret for below in value for secret in secrets_in(below)]
    return []


def _spellings(secret: str) -> set[str]:
    """Each also as `shown` writes it."""
    told = {quote(secret), quote(secret, safe=""), quote_plus(secret)}
    told.add(base64.b64encode(secret.encode()).decode().rstrip("="))
    for read in _readings(secret):
        told |= {read, html.escape(read), json.dumps(read)[1:-1]}
    return told | {shown(spelling, 4 * len(spelling)) for spelling in told}


def _readings(secret: str) -> set[str]:
    """The secret, and what becomes of it where it is written in one character set and read in another.

    Header fields of HTTP are read as Latin-1 (RFC 9110, 5.5), whatever the server means by them.
    """
    written = [secret.encode()]
    if max(secret) <= "\xff":
        written.append(secret.encode("latin-1"))
    read = {octets.decode(name, "replace") for octets in written for name in ("latin-1", "utf-8", "ascii")}
    return {secret, *read}


def _overlap(text: str, spelling: str) -> int:
    """How many characters of the beginning of `spelling` are the end of `text`: at least 4, else none."""
    for length in range(min(len(text), len(spelling) - 1), SHORTEST - 1, -1):
        if text.endswith(spelling[:length]):
            return length
    return 0
