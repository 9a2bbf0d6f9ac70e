"""The agenda as Prometheus text exposition (version 0.0.4), for node_exporter's textfile collector.

Labels are customers' ids, clocks and words of closed vocabularies. No case and nothing that a customer wrote is in
them: each would be a new time series. Which cases they are says `callout case due`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from access_check.escaping import shown
from callout.desk.board_agenda import Agenda, Tally
from callout.desk.board_rows import Band

Sample = tuple[Mapping[str, str], int]


def agenda_prometheus(agenda: Agenda) -> str:
    """The metrics, each with its samples together; ends with an end of line, as the format wants."""
    parts = agenda.by_clock
    metrics: tuple[tuple[str, str, Iterable[Sample]], ...] = (
        ("callout_case_deadlines", "Deadlines of cases by state.", _deadlines(parts)),
        ("callout_case_deadlines_warned", "Running clocks by the highest percentage reached.", _warned(parts)),
        ("callout_case_next_breach_timestamp_seconds", "When the next running clock is breached.", _next(parts)),
        ("callout_case_oldest_breach_timestamp_seconds", "Since when a breach has stood unjustified.", _oldest(parts)),
        ("callout_cases", "Cases on the board.", [({}, agenda.cases)]),
        ("callout_case_last_run_timestamp_seconds", "When this was asked.", [({}, agenda.second)]),
    )
    return "".join(_metric(*metric) for metric in metrics)


def _deadlines(parts: Iterable[Tally]) -> Iterable[Sample]:
    # All states of each clock: a series that vanishes at zero would keep its alert standing.
    for part in parts:
        for one in Band:
            yield {**_about(part), "state": one.word}, part.count(one)


def _warned(parts: Iterable[Tally]) -> Iterable[Sample]:
    for part in parts:
        for percent, count in sorted(part.warned.items()):
            yield {**_about(part), "percent": str(percent)}, count


def _next(parts: Iterable[Tally]) -> Iterable[Sample]:
    return ((_about(part), part.next_breach) for part in parts if part.next_breach is not None)


def _oldest(parts: Iterable[Tally]) -> Iterable[Sample]:
    return ((_about(part), part.oldest_breach) for part in parts if part.oldest_breach is not None)


def _about(part: Tally) -> dict[str, str]:
    return {"customer": part.customer, "clock": part.clock}


def _metric(name: str, meaning: str, samples: Iterable[Sample]) -> str:
    lines = [f"# HELP {name} {meaning}", f"# TYPE {name} gauge"]
    for labels, value in samples:
        inside = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        lines.append(f"{name}{{{inside}}} {value}" if inside else f"{name} {value}")
    return "\n".join(lines) + "\n"


def _escaped(text: str) -> str:
    return shown(text).replace("\\", "\\\\").replace('"', '\\"')
