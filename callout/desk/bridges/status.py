"""What another ticket system is told of a case: an internal note in words, and a state of its own by policy. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from callout.desk.bridges.records import Article
from callout.desk.case import Case, CaseState

_MARK = re.compile(r"\[callout (CS-[0-9]{6}) #([1-9][0-9]{0,5})\]")


def status_words(case: Case) -> str:
    """How the case stands, in one line."""
    told = [f"{case.number}:"]
    if case.outcome is not None:
        told.append(f"ended: {case.outcome.outcome}.")
        told += [f"{name} {said.rstrip('. ')}." for name, said in (
            ("Why:", case.outcome.why), ("Reference:", case.outcome.reference), ("When:", case.outcome.indication),
        ) if said]  # fmt: skip
    elif case.state is CaseState.PAUSED:
        told.append(f"waiting, it is the turn of the {case.turn.replace('_', ' ')}.")
    else:
        told.append("open, it is our turn.")
    if case.level:
        told.append(f"Escalated to level {case.level}.")
    return " ".join(" ".join(told).split())


def remote_state(case: Case, states: Mapping[str, str]) -> str | None:
    """The state that it shall have over there: by its outcome, else by `open`, `paused`, `ended`; None: leave it."""
    names = [case.outcome.outcome] if case.outcome is not None else []
    return next((states[name] for name in [*names, str(case.state)] if name in states), None)


def note_text(number: str, count: int, words: str) -> str:
    """The note. Its first line says which of ours it is, so that it is recognised and never written twice."""
    return f"{mark(number, count)}\n{words}"


def mark(number: str, count: int) -> str:
    """The `count`th note (from 1) of that case."""
    return f"[callout {number} #{count}]"


def note_there(articles: Iterable[Article], number: str, count: int) -> str | None:
    """The words of our `count`th note where it has been written already; None where it has not.

    Only internal ones are looked at: those a customer cannot write.
    """
    for article in articles:
        found = _MARK.match(article.text.lstrip()) if article.internal else None
        if found and (found[1], int(found[2])) == (number, count):
            return " ".join(article.text.lstrip()[found.end() :].split())
    return None
