"""access-check: the only place of this package that prints and exits."""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from access_check.errors import AccessCheckError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from access_check.sweep import SystemReport

_OWN_FAULT = 1


class Interrupted(AccessCheckError):
    """Somebody pressed Ctrl-C; said here because typer says nothing."""

    exit_status = 130


app = typer.Typer(add_completion=True, pretty_exceptions_enable=False, rich_markup_mode=None)


@app.command()
def check(
    inventory: Annotated[
        Path | None,
        typer.Option("-i", "--inventory", help="Inventory file or folder [default: as Ansible is configured]."),
    ] = None,
    limit: Annotated[
        str | None, typer.Option("-l", "--limit", help="Only these systems, as an Ansible host pattern.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
    verbose: Annotated[bool, typer.Option("-v", "--verbose", help="Every finding, not only what is amiss.")] = False,
    jobs: Annotated[int, typer.Option("--jobs", min=1, max=512, help="Systems looked at side by side.")] = 16,
    timeout_s: Annotated[
        float, typer.Option("--timeout", min=1, max=600, help="Seconds that one system may take.")
    ] = 20,
    edge: Annotated[
        bool, typer.Option("--edge", help="Read the customer's router (callout_edge), changing nothing.")
    ] = False,
    edge_paste: Annotated[
        Path | None,
        typer.Option("--edge-paste", help="Judge what a router printed, from a file or - ; reaches nothing."),
    ] = None,
    device: Annotated[
        str | None, typer.Option("--device", help="Kind of router of the pasted text [default: callout_edge.device].")
    ] = None,
) -> None:
    """Say what stands between us and each system, and whose move it is.

    Exit status: 0 well (waived counts as well), 2 bad input, 3 something failed or is unknown, 4 warnings
    only, 130 interrupted, 1 our own fault. One login per system and one password attempt, never more.
    """
    from access_check.findings import exit_code

    try:
        if edge or edge_paste:
            reports, verbose = _edge(inventory, limit, jobs, timeout_s, edge_paste, device), True
        elif device:
            raise AccessCheckError("--device says what a pasted text is from.", "Give --edge-paste FILE as well.")
        else:
            reports = _looked(inventory, limit, jobs, timeout_s)
    except KeyboardInterrupt:
        raise Interrupted("Interrupted; nothing was changed anywhere.") from None
    sys.stdout.write(_rendered(reports, as_json=as_json, verbose=verbose))
    sys.stdout.flush()
    raise typer.Exit(exit_code(finding for report in reports for finding in report.findings))


def _looked(inventory: Path | None, limit: str | None, jobs: int, timeout_s: float) -> list[SystemReport]:
    from access_check.configured_inventory import find_inventory, inventory_folder
    from access_check.inventory_source import read_inventory
    from access_check.sweep import sweep
    from access_check.targets import target_from_variables

    source = find_inventory(inventory, os.environ, Path.cwd())
    known_hosts = inventory_folder(source) / "known_hosts"
    targets = [target_from_variables(raw, known_hosts) for raw in read_inventory(source, limit)]
    return sweep(targets, jobs=jobs, timeout_s=timeout_s)


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


def _rendered(reports: Sequence[SystemReport], *, as_json: bool, verbose: bool) -> str:
    if as_json:
        from access_check.views.json import render

        return render(reports)
    from access_check.views.table import render_plain, render_terminal

    if not sys.stdout.isatty():
        return render_plain(reports, verbose=verbose)
    width = os.get_terminal_size(sys.stdout.fileno()).columns or 80
    return render_terminal(reports, verbose=verbose, width=width, colour=not os.environ.get("NO_COLOR"))


def run() -> None:
    """The entry point: every end of the program, with its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal without UTF-8 is no reason to fail
    try:
        app(prog_name="access-check")
    except AccessCheckError as error:
        _say(error.message, error.hint)
        sys.exit(error.exit_status)
    except BrokenPipeError:
        # Whoever read us has gone away: nobody is left to tell.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(_OWN_FAULT)


def _say(message: str, hint: str) -> None:
    from access_check.escaping import shown

    print(f"access-check: {shown(message, 2000)}", file=sys.stderr)
    if hint:
        print(f"  {shown(hint, 2000)}", file=sys.stderr)
