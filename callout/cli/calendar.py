"""`callout calendar`: when the vendor's desk is there, and whether what is published about it is true."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from callout.cli.shared import InventoryOption, JsonOption, context_for, inventory_of, new_app, print_json, tell
from callout.errors import BadInput
from callout.findings import exit_code

if TYPE_CHECKING:
    from callout.policy.desk_year import DeskYear

app = new_app("The desk's calendar: working days, hours in all zones, and what is wrong with published hours.")


class PlotForm(StrEnum):
    """What kind of file a plot is, by its name's end."""

    SVG = ".svg"
    HTML = ".html"


@app.command("show")
def show(
    year: Annotated[int, typer.Argument(help="The year, like 2026.", metavar="YEAR")],
    plot: Annotated[
        Path | None, typer.Option("--plot", help="Also draw it into this file: .svg or .html (0600).", metavar="FILE")
    ] = None,
    zone: Annotated[
        list[str] | None, typer.Option("--zone", help="Also by the clocks of this zone, like Europe/Vienna; repeat.")
    ] = None,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Show a year of the desk: working days, hours in UTC and in both zones, closures, holidays, half days.

    Marks the days on which published hours are wrong; callout calendar lint says how.
    """
    from callout.steps.calendar import desk_year_for
    from callout.steps.zones import zone_for
    from callout.views.calendar_data import calendar_dict, zones_of
    from callout.views.calendar_text import calendar_text

    form = _form(plot) if plot is not None else None
    more = [zone_for(name, {}).key for name in zone or ()]
    policy = inventory_of(context_for(inventory)).policy
    found = desk_year_for(policy, year)
    zones = zones_of(policy.hours, more)
    if plot is not None:
        _draw(found, zones, policy.vendor, plot, form)
    if as_json:
        print_json(calendar_dict(found, zones))
    else:
        print(calendar_text(found, zones, policy.vendor))


@app.command("lint")
def lint(
    year: Annotated[int | None, typer.Argument(help="The year; default: this one.", metavar="[YEAR]")] = None,
    as_json: JsonOption = False,
    inventory: InventoryOption = None,
) -> None:
    """Find published hours that are not true, by day, and rules of the calendar that never count.

    Exits 3 where anything is wrong.
    """
    from callout.policy.calendar_rules import calendar_findings
    from callout.steps.calendar import desk_year_for
    from callout.views.calendar_data import findings_dict
    from callout.views.calendar_text import lint_text

    context = context_for(inventory)
    found = desk_year_for(inventory_of(context).policy, year if year is not None else context.now().year)
    if as_json:
        print_json(findings_dict(found))
    else:
        print(lint_text(found))
    findings = calendar_findings(found)
    raise typer.Exit(exit_code(findings) if findings else 0)


def _form(plot: Path) -> PlotForm:
    if plot.suffix.lower() not in set(PlotForm):
        raise BadInput(f"{plot.name}: a plot is a file .svg or .html.", "Name it like --plot calendar-2026.svg")
    return PlotForm(plot.suffix.lower())


def _draw(year: DeskYear, zones: tuple[str, ...], vendor: str, plot: Path, form: PlotForm | None) -> None:
    from callout.cli.written import write_private
    from callout.views.calendar_page import calendar_page
    from callout.views.calendar_plot import calendar_plot

    if form is PlotForm.SVG:
        write_private(plot, calendar_plot(year, alone=True).svg + "\n")
    else:
        write_private(plot, calendar_page(year, zones, vendor))
    tell(f"Wrote {plot}.")
