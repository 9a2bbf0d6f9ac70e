"""Frozen dataclasses as JSON-able dictionaries and back, losslessly; what comes back is checked."""

from __future__ import annotations

import dataclasses
import datetime as dt
import types
import typing
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar, cast

from callout.errors import BadInput

Shape = TypeVar("Shape")
# No number on an invoice has more digits; a longer one would only make work.
MOST_DIGITS = 60


def encoded(value: Any) -> Any:
    """The value as dictionaries, lists, texts, booleans and None, in the order of the fields."""
    if dataclasses.is_dataclass(value):
        return {field.name: encoded(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple):
        return [encoded(one) for one in value]
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value) if isinstance(value, StrEnum) else value


def decoded(shape: type[Shape], stored: Any, where: str) -> Shape:
    """`stored` as the dataclass `shape`. `where` begins the keys that complaints name.

    Raises BadInput for a key that is missing or that nobody reads, and for a value of another kind.
    """
    if not isinstance(stored, Mapping):
        raise _wrong(where, "is no set of keys and values")
    hints = _hints(cast(Any, shape))
    if unknown := [str(key)[:40] for key in stored if key not in hints]:
        raise _wrong(f"{where}.{unknown[0]}", "is a key that nobody reads")
    values: dict[str, Any] = {}
    for field in dataclasses.fields(shape):  # type: ignore[arg-type]
        if field.name in stored:
            values[field.name] = _value(hints[field.name], stored[field.name], f"{where}.{field.name}")
        elif field.default is dataclasses.MISSING:
            raise _wrong(f"{where}.{field.name}", "is missing")
    return shape(**values)


@cache
def _hints(shape: type[Any]) -> dict[str, Any]:
    return typing.get_type_hints(shape)


def _value(hint: Any, stored: Any, where: str) -> Any:
    if isinstance(hint, types.UnionType):  # of the form X | None
        return None if stored is None else _value(typing.get_args(hint)[0], stored, where)
    if typing.get_origin(hint) is tuple:
        return _tuple(typing.get_args(hint), stored, where)
    if dataclasses.is_dataclass(hint):
        return decoded(cast(type[Any], hint), stored, where)
    if hint is bool:
        if not isinstance(stored, bool):
            raise _wrong(where, "is neither true nor false")
        return stored
    if not isinstance(stored, str):
        raise _wrong(where, "is no text")
    return stored if hint is str else _read(hint, stored, where)


def _tuple(hints: tuple[Any, ...], stored: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(stored, list | tuple):
        raise _wrong(where, "is no list")
    endless = hints[-1] is Ellipsis
    if not endless and len(stored) != len(hints):
        raise _wrong(where, f"has {len(stored)} parts and not {len(hints)}")
    wanted = [hints[0]] * len(stored) if endless else hints
    pairs = enumerate(zip(wanted, stored, strict=True))
    return tuple(_value(hint, one, f"{where}[{place}]") for place, (hint, one) in pairs)


def _read(hint: Any, stored: str, where: str) -> Any:
    readers: dict[Any, tuple[Callable[[str], Any], str]] = {
        Decimal: (_decimal, "is no amount"),
        dt.date: (dt.date.fromisoformat, "is no date"),
    }
    reader, complaint = readers.get(hint, (hint, "is no word that is known here"))
    try:
        return reader(stored)
    except (ValueError, InvalidOperation):
        raise _wrong(where, complaint) from None


def _decimal(stored: str) -> Decimal:
    number = Decimal(stored) if len(stored) <= MOST_DIGITS else Decimal("NaN")
    if not number.is_finite():
        raise ValueError(stored[:20])
    return number


def _wrong(where: str, complaint: str) -> BadInput:
    return BadInput(f"{where} {complaint}.", "It has to be what was stored when the invoice was issued.")
