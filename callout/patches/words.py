"""The kinds of words that a manifest is made of, each with the rule that it keeps. Pure."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated

from pydantic import AfterValidator, Field

from callout.patches.paths import safe_path, safe_target
from callout.patches.versions import version_numbers

BUNDLE_ID = "[A-Z][A-Z0-9]{0,15}(-[A-Z0-9]{1,16}){1,3}"
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z", re.ASCII)


def moment(text: str) -> dt.datetime:
    """`2027-01-31T00:00:00Z` as an aware UTC time. Raises ValueError for any other way to write it."""
    if not _MOMENT.fullmatch(text):
        raise ValueError("is a time in UTC like 2027-01-31T00:00:00Z")
    return dt.datetime.fromisoformat(text)


def _one_line(text: str) -> str:
    if not text.isprintable() or text != text.strip():
        raise ValueError("is one line of printable text, without spaces at its ends")
    return text


def _version(text: str) -> str:
    version_numbers(text)
    return text


def _moment(text: str) -> str:
    moment(text)
    return text


Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
# What may be there before: a content, nothing, or a symlink by the hash of the text it holds.
Before = Annotated[str, Field(pattern=r"^([0-9a-f]{64}|absent|link:[0-9a-f]{64})$")]
OneLine = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_one_line)]
Version = Annotated[str, Field(max_length=40), AfterValidator(_version)]
Moment = Annotated[str, Field(max_length=20), AfterValidator(_moment)]
SystemPath = Annotated[str, AfterValidator(safe_path)]
LinkTarget = Annotated[str, AfterValidator(safe_target)]
BundleId = Annotated[str, Field(pattern=f"^{BUNDLE_ID}$")]
CustomerId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$")]
ServiceName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}$")]
# As findings are named: `web.gui`, `service@asterisk`.
CheckName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.-]{0,63}(@[A-Za-z0-9][A-Za-z0-9_./-]{0,63})?$")]
