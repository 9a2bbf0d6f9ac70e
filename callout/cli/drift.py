"""`callout drift`: what was changed on a system since its baseline, and by whom."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from callout.cli import drift_told, drift_waivers
from callout.cli.shared import InventoryOption, JsonOption, context_for, inventory_of, new_app, print_json, tell

if TYPE_CHECKING:
    from callout.drift.report import DriftReport

app = new_app("Drift: what was changed on a system since its baseline, by whom, and on which evidence.")
SystemArgument = Annotated[str, typer.Argument(help="The system, as the inventory names it.", metavar="SYSTEM")]


class Form(StrEnum):
    """How a report comes out."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    HTML = "html"


FormOption = Annotated[Form, typer.Option("--format", help="text, json, sarif (2.1.0) or html.")]
OutputOption = Annotated[Path | None, typer.Option("--output", "-o", help="Into this file instead (0600).")]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Tell explained changes one by one, too.")]


@app.command("find")
def find(
    system: SystemArgument,
    callout: Annotated[str, typer.Option(help="The call-out that it belongs to, like CO-0001.")] = "",
    full: Annotated[bool, typer.Option("--full", help="Read every file, not only those not as they were.")] = False,
    form: FormOption = Form.TEXT,
    output: OutputOption = None,
    verbose: VerboseOption = False,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Look at the system, hold it against its baseline, and say who made each change. Changes nothing there.

    Exits 3 where a change is unsupported, 4 where it cannot be told of one who made it, or not all was seen.
    """
    from callout.steps.drift import find_drift

    context = context_for(inventory, must_exist=True)
    found = inventory_of(context).system(system)
    _, comparison = find_drift(context, found, callout, full=full)
    _give(comparison.report, Form.JSON if as_json else form, output, verbose=verbose)


@app.command("show")
def show(
    system: SystemArgument,
    form: FormOption = Form.TEXT,
    output: OutputOption = None,
    verbose: VerboseOption = False,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Show what the last look found; asks nothing of the system. Exits as that look did."""
    from callout.steps.drift_report import last_report

    report = last_report(context_for(inventory, must_exist=True), system)
    _give(report, Form.JSON if as_json else form, output, verbose=verbose)


@app.command("explain")
def explain(
    finding: Annotated[str, typer.Argument(help="The finding, like D-0123456789.", metavar="FINDING")],
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Walk through one finding: what was seen, when, which rules were asked, and what the verdict stands on."""
    from callout.steps.drift_report import look_with_finding, report_of_event
    from callout.views.drift_explained import explained_drift_dict, explained_drift_text, finding_of

    context = context_for(inventory, must_exist=True)
    report = report_of_event(context, look_with_finding(context.ledger, finding))
    one = finding_of(report, finding)
    if as_json:
        print_json(explained_drift_dict(report, one))
    else:
        print(explained_drift_text(report, one))


drift_waivers.register(app)
drift_told.register(app)


def _give(report: DriftReport, form: Form, output: Path | None, *, verbose: bool) -> None:
    from callout.steps.drift_report import said_of

    text = _rendered(report, form, verbose=verbose)
    if output is not None:
        from callout.cli.written import write_private

        write_private(output, text)
        tell(f"Wrote {output}.")
    else:
        print(text)
    tell(said_of(report))
    raise typer.Exit(report.exit_status)


def _rendered(report: DriftReport, form: Form, *, verbose: bool) -> str:
    if form is Form.SARIF:
        from callout.views.drift_sarif import drift_sarif

        return json.dumps(drift_sarif(report), indent=2)
    if form is Form.HTML:
        from callout.views.drift_page import drift_page

        return drift_page(report)
    if form is Form.JSON:
        from callout.views.drift_data import drift_dict

        return json.dumps(drift_dict(report), indent=2)
    from callout.views.drift_text import drift_text

    return drift_text(report, verbose=verbose)
