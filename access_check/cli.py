"""access-check: the only place of this package that prints and exits."""

from __future__ import annotations

import datetime as dt
import os
import sys
import traceback
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from access_check.configured_inventory import find_inventory
from access_check.errors import AccessCheckError, Interrupted
from access_check.evidence_cli import EvidenceOption, FullOption, add_commands, keeper
from access_check.extent import Extent
from access_check.short_run import done, settle
from access_check.spoken import Spoken
from access_check.views.formats import Format, PageFormat

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from access_check.evidence.keeping import Keeper
    from access_check.sweep import SystemReport

_OWN_FAULT = 1
_PLUGIN_UNKNOWN = 3


app = typer.Typer(add_completion=True, pretty_exceptions_enable=False, rich_markup_mode=None)

InventoryOption = Annotated[
    Path | None,
    typer.Option("-i", "--inventory", help="Inventory file or folder [default: as Ansible is configured]."),
]
SystemArgument = Annotated[str, typer.Argument(metavar="SYSTEM", help="Name of one system of the inventory.")]
PageOption = Annotated[PageFormat, typer.Option("--format", help="What to write.")]
LanguageOption = Annotated[str, typer.Option("--language", help="en or de [default: the customer's].")]
EdgeOption = Annotated[
    bool, typer.Option("--edge", help="Read the customer's router (callout_edge), changing nothing.")
]
TimeoutOption = Annotated[float, typer.Option("--timeout", min=1, max=600, help="Seconds that one system may take.")]


@app.callback(invoke_without_command=True, subcommand_metavar="[COMMAND [ARGS]...]")
def check(
    context: typer.Context,
    inventory: InventoryOption = None,
    limit: Annotated[
        str | None, typer.Option("-l", "--limit", help="Only these systems, as an Ansible host pattern.")
    ] = None,
    wanted: Annotated[
        Format | None, typer.Option("--format", help="How to write the findings [default: table].")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Short for --format json.")] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Every finding, not only what is amiss.")] = False,
    jobs: Annotated[int, typer.Option("--jobs", min=1, max=512, help="Logins side by side.")] = 64,
    timeout_s: TimeoutOption = 20,
    only: Annotated[
        list[str] | None,
        typer.Option("--only", metavar="STEP", help="Look at this step and what it needs; may be repeated."),
    ] = None,
    extent: Annotated[
        Extent, typer.Option("--profile", help="operational: the ports of full operation as well.")
    ] = Extent.ACCESS,
    before: Annotated[
        Path | None,
        typer.Option("--before", help="Earlier report (--format json): tells a ban of our address from other silence."),
    ] = None,
    edge: EdgeOption = False,
    edge_paste: Annotated[
        Path | None,
        typer.Option("--edge-paste", help="Judge what a router printed, from a file or - ; reaches nothing."),
    ] = None,
    device: Annotated[
        str | None, typer.Option("--device", help="Kind of router of the pasted text [default: callout_edge.device].")
    ] = None,
    evidence: EvidenceOption = None,
    evidence_full: FullOption = False,
) -> None:
    """Say what stands between us and each system, and whose move it is.

    Exit status: 0 well (waived counts as well), 2 bad input, 3 something failed or is unknown, 4 warnings
    only, 130 interrupted, 1 our own fault. One login per system and one password attempt, never more.
    With --format nagios the status is a plugin's instead: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.
    """
    if context.invoked_subcommand is not None:
        _refuse_options_of_the_check(context)
        return
    if as_json and wanted not in (None, Format.JSON):
        raise typer.BadParameter("--json is --format json; name one format.")
    chosen = Format.JSON if as_json else wanted or Format.TABLE
    kept = keeper(evidence, full=evidence_full, edge=edge or edge_paste is not None)
    try:
        if (edge or edge_paste) and (only or before or extent is not Extent.ACCESS):
            raise AccessCheckError("--only, --before and --profile are for the walk.", "Leave them out with --edge.")
        if kept and only:
            raise AccessCheckError("--evidence keeps the whole walk.", "Leave out --only, or --evidence.")
        if edge or edge_paste:
            from access_check.edge_cli import edge_reports

            source = find_inventory(inventory, os.environ, Path.cwd())
            reports, verbose = edge_reports(source, limit, jobs, timeout_s, edge_paste, device), True
        elif device:
            raise AccessCheckError("--device says what a pasted text is from.", "Give --edge-paste FILE as well.")
        else:
            from access_check.checking import looked

            reports = looked(inventory, limit, jobs, timeout_s, before, extent, only or [], kept)
    except KeyboardInterrupt:
        raise Interrupted("Interrupted; nothing was changed anywhere.") from None
    _report(reports, chosen, verbose, dt.datetime.now(dt.UTC), kept)


@app.command()
def requirements(
    context: typer.Context,
    system: SystemArgument,
    inventory: InventoryOption = None,
    wanted: PageOption = PageFormat.MARKDOWN,
    language: LanguageOption = "",
    ours: Annotated[str, typer.Option("--from", help="Address that they may limit the ports to.")] = "",
) -> None:
    """Write the customer's requirements sheet: ports, address and what must be on file. Looks at nothing."""
    from access_check.correspondence import requirements_page

    _write([requirements_page(_source(context, inventory), system, wanted, language=language, ours=ours)])


@app.command()
def letter(
    context: typer.Context,
    system: SystemArgument,
    inventory: InventoryOption = None,
    wanted: PageOption = PageFormat.MARKDOWN,
    language: LanguageOption = "",
    ours: Annotated[str, typer.Option("--from", help="Our address as they see it [default: our own].")] = "",
    timeout_s: TimeoutOption = 20,
    edge: EdgeOption = False,
) -> None:
    """Look at one system, once, and write the reply to its customer, ready to be pasted.

    What we saw, from where and when, what to change, how to test it, whose move it is. The exit status is
    that of the check.
    """
    from access_check.correspondence import letter_page
    from access_check.findings import exit_code

    source, now = _source(context, inventory), dt.datetime.now(dt.UTC)
    try:
        text, report = letter_page(
            source, system, wanted, now=now, timeout_s=timeout_s, language=language, ours=ours, edge=edge
        )
    except KeyboardInterrupt:
        raise Interrupted("Interrupted; nothing was changed anywhere.") from None
    _write([text])
    raise typer.Exit(exit_code(report.findings))


def _refuse_options_of_the_check(context: typer.Context) -> None:
    """An option of the check in front of a command would be read by nobody."""
    for parameter in context.command.params:
        # By name: typer brings a Click of its own, or uses the installed one, by its version.
        source = context.get_parameter_source(parameter.name or "")
        if parameter.name != "inventory" and source is not None and source.name == "COMMANDLINE":
            raise typer.BadParameter(
                f"{parameter.opts[-1]} is for the check; put it behind {context.invoked_subcommand}."
            )


def _report(
    reports: Sequence[SystemReport], wanted: Format, verbose: bool, now: dt.datetime, kept: Keeper | None = None
) -> None:
    """Writes the findings and leaves with their status; with a sentence where evidence could not be kept."""
    from access_check.findings import exit_code

    _write(_rendered(reports, wanted, verbose=verbose, now=now))
    if kept is not None and kept.failures:
        raise kept.failures[0]
    if wanted is Format.NAGIOS:
        from access_check.views.nagios import PluginEnded, exit_status

        raise PluginEnded(exit_status(reports))
    raise typer.Exit(exit_code(finding for report in reports for finding in report.findings))


def _leave(text: str, status: int) -> None:
    _write([text])
    raise typer.Exit(status)


add_commands(app, _report, _leave)


def _source(context: typer.Context, inventory: Path | None) -> Path:
    above = context.parent.params.get("inventory") if context.parent else None
    return find_inventory(inventory or above, os.environ, Path.cwd())


def _rendered(reports: Sequence[SystemReport], wanted: Format, *, verbose: bool, now: dt.datetime) -> Iterable[str]:
    if wanted is not Format.TABLE:
        from access_check.views.formats import rendered

        return rendered(reports, wanted, now)
    from access_check.views.table import render_plain, render_terminal

    if not sys.stdout.isatty():
        return [render_plain(reports, verbose=verbose)]
    width = os.get_terminal_size(sys.stdout.fileno()).columns or 80
    return [render_terminal(reports, verbose=verbose, width=width, colour=not os.environ.get("NO_COLOR"))]


def _write(pieces: Iterable[str]) -> None:
    sys.stdout.writelines(pieces)
    sys.stdout.flush()


def run() -> None:
    """The entry point: every end of the program, with its exit status."""
    settle()
    spoken = Spoken()
    words = sys.argv[1:]
    plugin = "--format=nagios" in words or ("--format", "nagios") in pairwise(words)
    status = _run_as_plugin(spoken) if plugin else _run(spoken)
    if lost := spoken.lost():
        _say(lost)
        status = _PLUGIN_UNKNOWN if plugin else status or _OWN_FAULT
    spoken.close()
    done()
    sys.exit(status)


def _run(spoken: Spoken) -> int:
    try:
        app(prog_name="access-check")
    except SystemExit as ended:
        return _status(ended)
    except AccessCheckError as error:
        _say(error.message, error.hint)
        return error.exit_status
    except Exception as error:  # noqa: BLE001 - told in a sentence, and in full with CALLOUT_DEBUG
        _own_fault(error, spoken)
        return _OWN_FAULT
    return 0


def _run_as_plugin(spoken: Spoken) -> int:
    """Ends with a plugin's status. What kept us from looking is UNKNOWN: our 1 and 2 mean something else there."""
    from access_check.views.nagios import PluginEnded, render_unknown

    said = "access-check itself failed; its standard error says how."
    try:
        app(prog_name="access-check")
        return 0
    except PluginEnded as ended:
        return ended.status
    except AccessCheckError as error:
        said = f"{error.message} {error.hint}"
    except SystemExit as ended:
        if not ended.code:
            return 0
        said = "The command line is wrong; its standard error says how."
    except Exception as error:  # noqa: BLE001 - told in a sentence, and in full with CALLOUT_DEBUG
        _own_fault(error, spoken)
    with suppress(OSError):  # said by run, which asks whether it has arrived
        _write([render_unknown(said)])
    return _PLUGIN_UNKNOWN


def _status(ended: SystemExit) -> int:
    return ended.code if isinstance(ended.code, int) else (0 if ended.code is None else AccessCheckError.exit_status)


def _own_fault(error: Exception, spoken: Spoken) -> None:
    """One sentence about a fault of ours; with CALLOUT_DEBUG, as with callout, the traceback before it.

    Nothing about an output that cannot be written, which is told for itself.
    """
    if isinstance(error, OSError) and spoken.lost():
        return
    hint = "Run again with CALLOUT_DEBUG=1 for the details, and report it."
    if os.environ.get("CALLOUT_DEBUG"):
        traceback.print_exception(error)
        hint = "Please report it, with what stands above."
    _say(f"our own fault: {type(error).__name__}.", hint)


def _say(message: str, hint: str = "") -> None:
    from access_check.escaping import shown

    with suppress(OSError):  # where standard error cannot be written either the exit status is all there is
        print(f"access-check: {shown(message, 2000)}", file=sys.stderr)
        if hint:
            print(f"  {shown(hint, 2000)}", file=sys.stderr)
