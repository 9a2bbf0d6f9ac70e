"""Observations as bytes and back: from a worker process to the sweep, and from a file of evidence to the judge.

Pure. The bytes are JSON in UTF-8 with the field names of `observations`; what comes back is validated, because
whoever wrote it may have talked to a hostile system, or have been edited since.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any

from access_check.errors import AccessCheckError
from access_check.observations import Observations

if TYPE_CHECKING:
    from pydantic import TypeAdapter

LIMIT_BYTES = 1024 * 1024


class UnreadableObservations(AccessCheckError):
    """These bytes are no observations of ours; `message` says why, without repeating them."""

    exit_status = 2


def dump(observations: Observations) -> bytes:
    """The observations as JSON. `load` gives back an equal value.

    Raises UnreadableObservations above 1 MiB: everything in them is bounded, so that is a fault of ours.
    """
    encoded = json.dumps(observations, default=_plain, ensure_ascii=False, separators=(",", ":")).encode()
    if len(encoded) > LIMIT_BYTES:
        raise UnreadableObservations(f"The observations take {len(encoded)} bytes; {LIMIT_BYTES} are allowed.")
    return encoded


def load(encoded: bytes) -> Observations:
    """What `dump` wrote. Raises UnreadableObservations where it is not that: broken, foreign, too long."""
    if len(encoded) > LIMIT_BYTES:
        raise UnreadableObservations(f"The observations take {len(encoded)} bytes; {LIMIT_BYTES} are allowed.")
    try:
        return _codec().validate_json(encoded)
    except ValueError as error:
        raise UnreadableObservations(_why(error)) from None


def _plain(value: Any) -> Any:
    """What json does not know by itself. Without pydantic, which a worker would build for this alone."""
    if isinstance(value, dt.datetime):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    return {name: getattr(value, name) for name in _names(value.__class__)}


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(one.name for one in fields(kind))


@cache
def _codec() -> TypeAdapter[Observations]:
    """Built at first use: reports can be read without it."""
    from pydantic import TypeAdapter

    return TypeAdapter(Observations)


def _why(error: ValueError) -> str:
    from pydantic import ValidationError

    if not isinstance(error, ValidationError):
        return "The observations are not JSON in UTF-8."
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"][:6])
    return f"The observations are not what this version writes: {where or 'all of it'}: {first['msg']}."
