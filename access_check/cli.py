"""access-check: the only place of this package that prints and exits."""

from __future__ import annotations

import datetime as dt
import os
import sys
import traceback
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from access_check.errors import AccessCheckError
from access_check.evidence_cli import EvidenceOption, FullOption, add_commands
from access_check.extent import Extent
from access_check.short_run import settle
from access_check.views.formats import Format, PageFormat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from access_check.evidence.keeping import Keeper
    from access_check.sweep import SystemReport

_OWN_FAULT = 1
_PLUGIN_UNKNOWN = 3


class Interrupted(AccessCheckError):
    """Somebody pressed Ctrl-C; said here because typer says nothing."""

    exit_status = 130


class PluginEnded(Exception):
    """The end of a monitoring plugin, whose statuses are not ours: typer's own exits cannot be taken for it."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


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
    kept = _keeper(evidence, full=evidence_full, edge=edge or edge_paste is not None)
    try:
        if (edge or edge_paste) and (only or before or extent is not Extent.ACCESS):
            raise AccessCheckError("--only, --before and --profile are for the walk.", "Leave them out with --edge.")
        if kept and only:
            raise AccessCheckError("--evidence keeps the whole walk.", "Leave out --only, or --evidence.")
        if edge or edge_paste:
            reports, verbose = _edge(inventory, limit, jobs, timeout_s, edge_paste, device), True
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

    _write(requirements_page(_source(context, inventory), system, wanted, language=language, ours=ours))


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
    _write(text)
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
        from access_check.views.nagios import exit_status

        raise PluginEnded(exit_status(reports))
    raise typer.Exit(exit_code(finding for report in reports for finding in report.findings))


def _leave(text: str, status: int) -> None:
    _write(text)
    raise typer.Exit(status)


add_commands(app, _report, _leave)


def _keeper(folder: Path | None, *, full: bool, edge: bool) -> Keeper | None:
    from access_check.evidence_cli import keeper

    if edge and folder is not None:
        raise AccessCheckError("--evidence keeps what the walk saw, not a router's words.", "Leave out one of them.")
    return keeper(folder, full=full)


def _source(context: typer.Context, inventory: Path | None) -> Path:
    from access_check.configured_inventory import find_inventory

    above = context.parent.params.get("inventory") if context.parent else None
    return find_inventory(inventory or above, os.environ, Path.cwd())


def _edge(
    inventory: Path | None, limit: str | None, jobs: int, timeout_s: float, paste: Path | None, device: str | None
) -> list[SystemReport]:
    from access_check.configured_inventory import find_inventory, inventory_folder
    from access_check.edge_cli import judge_paste, read_routers

    source = find_inventory(inventory, os.environ, Path.cwd())
    known_hosts = inventory_folder(source) / "known_hosts"
    if paste is not None:
        return [judge_paste(source, limit, known_hosts, paste, device)]
    return read_routers(source, limit, known_hosts, jobs=jobs, timeout_s=timeout_s)


def _rendered(reports: Sequence[SystemReport], wanted: Format, *, verbose: bool, now: dt.datetime) -> str:
    if wanted is not Format.TABLE:
        from access_check.views.formats import rendered

        return rendered(reports, wanted, now)
    from access_check.views.table import render_plain, render_terminal

    if not sys.stdout.isatty():
        return render_plain(reports, verbose=verbose)
    width = os.get_terminal_size(sys.stdout.fileno()).columns or 80
    return render_terminal(reports, verbose=verbose, width=width, colour=not os.environ.get("NO_COLOR"))


def _write(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()


def run() -> None:
    """The entry point: every end of the program, with its exit status."""
    settle()
    words = sys.argv[1:]
    plugin = "--format=nagios" in words or ("--format", "nagios") in pairwise(words)
    try:
        if plugin:
            _run_as_plugin()
        app(prog_name="access-check")
    except AccessCheckError as error:
        _say(error.message, error.hint)
        sys.exit(error.exit_status)
    except BrokenPipeError:
        # Whoever read us has gone away: nobody is left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(_OWN_FAULT)


def _run_as_plugin() -> None:
    """Ends with a plugin's status. What kept us from looking is UNKNOWN: our 1 and 2 mean something else there."""
    from access_check.views.nagios import render_unknown

    try:
        app(prog_name="access-check")
    except PluginEnded as ended:
        sys.exit(ended.status)
    except AccessCheckError as error:
        _write(render_unknown(f"{error.message} {error.hint}"))
    except BrokenPipeError:
        raise
    except SystemExit as ended:
        if not ended.code:
            raise
        _write(render_unknown("The command line is wrong; its standard error says how."))
    except Exception:  # noqa: BLE001 - told in full, and only its exit status is another one
        traceback.print_exc()
        _write(render_unknown("access-check itself failed; its standard error says how."))
    sys.exit(_PLUGIN_UNKNOWN)


def _say(message: str, hint: str) -> None:
    from access_check.escaping import shown

    print(f"access-check: {shown(message, 2000)}", file=sys.stderr)
    if hint:
        print(f"  {shown(hint, 2000)}", file=sys.stderr)
