"""Pure: which events are asked for, as the condition of a query. The names are a closed set, values are parameters."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from callout.errors import BadInput
from callout.ledger.event import Event, format_utc, parse_utc, storable

# What a filter may be: a text that a column equals, several kinds, a moment, or a place in the chain.
Wanted = str | Sequence[str] | dt.datetime | int
_BEGUN = {"begun_since": ">=", "begun_until": "<"}
_EQUAL = frozenset({"kind", "callout", "customer", "system", "id", "actor"})
_NOTHING = "1 = 0"
# When a piece of work began, out of its body's text: canonical JSON writes it so, and quotes within texts are escaped.
# Cut out by position, since a database's own JSON functions refuse bodies that are whole.
_BEGUN_MARK = '"started_at":"'
_ENDED_MARK = '"ended_at":"'
_MOMENT_LENGTH = 27
_CASE_MARK = '"case":"'
_CASE_LENGTH = 9
# What can be said of a case; an index holds exactly these, and is used where a query says the same words. Another one
# needs an index of its own: migrations are never changed.
CASE_KINDS = (
    "case_acknowledged", "case_bridged", "case_changed", "case_deadline_set", "case_ended", "case_escalated",
    "case_heard", "case_judged", "case_justified", "case_linked", "case_opened", "case_paused", "case_refused",
    "case_reopened", "case_resumed", "case_told", "letter_sent", "letter_tried", "letter_written", "mail_filed",
    "mail_received",
)  # fmt: skip
OF_A_CASE = f"kind IN ({', '.join(repr(kind) for kind in CASE_KINDS)})"


def begun(position: str) -> str:
    """The expression that an index over work has, too; `position` is the database's function that finds a text."""
    return f"substr(body, {position}(body, '{_BEGUN_MARK}') + {len(_BEGUN_MARK)}, {_MOMENT_LENGTH})"


def case_in(position: str) -> str:
    """Likewise, the number of the case that an event is about."""
    return f"substr(body, {position}(body, '{_CASE_MARK}') + {len(_CASE_MARK)}, {_CASE_LENGTH})"


def condition(filters: Mapping[str, Wanted], placeholder: str, position: str) -> tuple[str, tuple[str, ...]]:
    """The words behind WHERE (empty where nothing is asked) and their parameters; see `LedgerView.events`.

    Raises BadInput for a filter that does not exist: it is never ignored.
    """
    parts: list[str] = []
    values: list[str] = []
    for name, wanted in filters.items():
        text, more = _one(name, wanted, placeholder, position)
        parts.append(text)
        values.extend(more)
    if not all(map(storable, values)):
        return _NOTHING, ()  # no event can hold such a text, and no database can be asked for it
    return " AND ".join(parts), tuple(values)


def _one(name: str, wanted: Wanted, placeholder: str, position: str) -> tuple[str, list[str]]:
    if name in _EQUAL and isinstance(wanted, str):
        return f"{name} = {placeholder}", [wanted]
    if name == "not_customer" and isinstance(wanted, str):
        return f"customer <> {placeholder}", [wanted]
    if name == "kinds" and not isinstance(wanted, str | dt.datetime | int):
        kinds = sorted(set(wanted))
        return (f"kind IN ({', '.join([placeholder] * len(kinds))})" if kinds else _NOTHING), kinds
    if name == "since_at" and isinstance(wanted, str | dt.datetime):
        return f"at >= {placeholder}", [moment_text(wanted)]
    if name == "until_at" and isinstance(wanted, str | dt.datetime):
        return f"at < {placeholder}", [moment_text(wanted)]
    if name == "case" and isinstance(wanted, str):
        return f"{OF_A_CASE} AND {case_in(position)} = {placeholder}", [wanted]
    if name == "after" and isinstance(wanted, int) and not isinstance(wanted, bool):
        return f"seq > CAST({placeholder} AS BIGINT)", [str(wanted)]
    if name in _BEGUN and isinstance(wanted, str | dt.datetime):
        # The kind stands there as words: the index is one over work only, and has to be recognised.
        return f"kind = 'work_logged' AND {begun(position)} {_BEGUN[name]} {placeholder}", [moment_text(wanted)]
    raise BadInput(f"Events cannot be filtered by {name} = {wanted!r}.")


def begun_of(event: Event) -> str:
    """The same of an event that was read: when the work began, as the ledger writes it; empty where it does not say."""
    return _moment_behind(_BEGUN_MARK, event.body_text)


def ended_of(event: Event) -> str:
    """The same of its end: what costs nothing for the thousands of pieces of work that are only passed by."""
    return _moment_behind(_ENDED_MARK, event.body_text)


def case_of(event: Event) -> str:
    """The number of the case that an event is about; empty where it is about none."""
    at = event.body_text.find(_CASE_MARK) if event.kind in CASE_KINDS else -1
    return event.body_text[at + len(_CASE_MARK) :][:_CASE_LENGTH].partition('"')[0] if at >= 0 else ""


def _moment_behind(mark: str, text: str) -> str:
    at = text.find(mark)
    return text[at + len(mark) :][:_MOMENT_LENGTH] if at >= 0 else ""


def moment_text(wanted: str | dt.datetime) -> str:
    """As it is stored: all of one length, so that the order of the texts is the order of the times."""
    if isinstance(wanted, dt.datetime):
        return format_utc(wanted)
    try:
        return format_utc(parse_utc(wanted))
    except ValueError:
        raise BadInput(f"{wanted!r} is no time as the ledger writes it.", "Like 2026-03-01T09:00:00.000000Z.") from None
