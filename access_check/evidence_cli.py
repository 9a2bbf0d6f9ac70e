"""The commands `judge` and `diff`, and what `--evidence` adds to the check; cli.py prints and exits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from access_check.errors import AccessCheckError
from access_check.views.difference import DiffFormat
from access_check.views.formats import Format

if TYPE_CHECKING:
    from access_check.evidence.keeping import Keeper
    from access_check.sweep import SystemReport

EvidenceOption = Annotated[
    Path | None, typer.Option("--evidence", help="Keep what was seen of each system in this folder, redacted.")
]
FullOption = Annotated[
    bool, typer.Option("--evidence-full", help="Keep names, addresses and texts too; credentials never.")
]
NowOption = Annotated[
    str, typer.Option("--now", help="Judge as of this moment, like 2026-12-31T12:00Z [default: that of each look].")
]
_DIFF_STATUS = {"same": 0, "worse": 3, "changed": 4}
Report = Callable[["Sequence[SystemReport]", Format, bool, dt.datetime], None]
Leave = Callable[[str, int], None]


def keeper(folder: Path | None, *, full: bool, edge: bool) -> Keeper | None:
    """What keeps evidence in `folder`; None where none was asked for.

    Raises CannotKeep where the folder cannot be used, and AccessCheckError for `full` without a folder and for a
    look at a router (`edge`).
    """
    if edge and folder is not None:
        raise AccessCheckError("--evidence keeps what the walk saw, not a router's words.", "Leave out one of them.")
    if folder is None:
        if full:
            raise AccessCheckError("--evidence-full says what to keep, not where.", "Give --evidence DIR as well.")
        return None
    from access_check.evidence.keeping import Keeper
    from access_check.probes.own_address import own_address

    return Keeper(folder, full=full, version=own_version(), now=lambda: dt.datetime.now(dt.UTC), ours=own_address)


def own_version() -> str:
    """The installed version; `unknown` where we run without having been installed."""
    try:
        return version("callout")
    except PackageNotFoundError:
        return "unknown"


def judged_reports(files: list[Path], now: str) -> tuple[list[SystemReport], dt.datetime]:
    """A report for each look, and the moment of the newest; no network, no inventory. Raises NoEvidence."""
    from access_check.evidence.reading import read_evidence
    from access_check.evidence.record import judged, judged_target
    from access_check.sweep import SystemReport

    moment = _moment(now) if now else None
    looks = read_evidence(files)
    reports = [SystemReport(judged_target(one, moment), tuple(judged(one, moment))) for one in looks]
    return reports, moment or max(one.looked_at for one in looks)


def _moment(said: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(said)
    except ValueError:
        raise AccessCheckError(f"--now {said!r} is no moment.", "Write it like 2026-12-31T12:00Z.") from None
    if moment.tzinfo is None:
        raise AccessCheckError(f"--now {said!r} has no zone.", "Write Z for UTC, or an offset like +01:00.")
    return moment


def add_commands(app: typer.Typer, report: Report, leave: Leave) -> None:
    """Hangs `judge` and `diff` into `app`.

    `report` writes reports in a format and leaves with the check's status, `leave` writes a text and leaves with
    the given one: only cli.py prints and exits.
    """

    @app.command()
    def judge(
        files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Evidence, or folders of it.")],
        wanted: Annotated[Format, typer.Option("--format", help="How to write the findings.")] = Format.TABLE,
        verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Every finding.")] = False,
        now: NowOption = "",
    ) -> None:
        """Judge again what --evidence kept: no network, no inventory, the findings and exit status of the check.

        Of a folder the newest look at each system. What ends (waivers, certificates) is held against the moment
        of the look, or against --now.
        """
        reports, moment = judged_reports(files, now)
        report(reports, wanted, verbose, moment)

    @app.command()
    def diff(
        before: Annotated[Path, typer.Argument(metavar="A", help="Evidence, a folder of it, or a report in JSON.")],
        after: Annotated[Path, typer.Argument(metavar="B", help="The later one, of any of these kinds.")],
        wanted: Annotated[DiffFormat, typer.Option("--format", help="How to write it.")] = DiffFormat.TEXT,
    ) -> None:
        """Say what changed between two looks: what broke, what was mended, which facts are others.

        Of a folder the newest look at each system. Exit status: 0 nothing changed, 3 something became worse,
        4 something else changed, 2 bad input.
        """
        from access_check.evidence.comparing import read_looks
        from access_check.evidence.difference import differences, not_compared, outcome
        from access_check.views.difference import render_json, render_text

        then, now = read_looks(before), read_looks(after)
        found = differences(then, now)
        result = outcome(found, now)
        aside = not_compared(then, now)
        text = render_json(found, result, aside) if wanted is DiffFormat.JSON else render_text(found, aside)
        leave(text, _DIFF_STATUS[result])
