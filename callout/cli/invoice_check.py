"""`callout invoice check`: is this e-invoice valid, by the official schema and rules? For any file, ours or foreign."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Annotated

import typer

from callout.cli.shared import JsonOption, print_json, tell
from callout.errors import BadInput

# More than any kind of file that is read may have; what is read is never more than one byte beyond it.
LARGEST_BYTES = 64 * 1024 * 1024


def register(app: typer.Typer) -> None:
    """Adds the verb to the group."""
    app.command("check")(check_file)


def check_file(
    file: Annotated[Path, typer.Argument(help="A UBL 2.1 or CII file, or a Factur-X PDF.", metavar="FILE")],
    as_json: JsonOption = False,
) -> None:
    """Check an e-invoice by the official schema and the rules of EN 16931, and a PDF for what makes it Factur-X.

    Reads the file and nothing else, asks nobody on the network. Exits 3 where a rule is broken, 4 for warnings only.
    """
    from access_check.escaping import shown
    from callout.findings import exit_code
    from callout.views.invoice.checking.bounded import checked_within
    from callout.views.invoice.checking.report import report_text

    findings = checked_within(_content(file))
    if as_json:
        print_json({"file": shown(str(file)), "findings": [finding.as_dict() for finding in findings]})
    else:
        print(report_text(findings), end="")
    status = exit_code(findings)
    if status:
        tell(f"{shown(file.name, 120)} {'is not valid' if status != 4 else 'is valid, with warnings'}.")
    raise typer.Exit(status)


def _content(file: Path) -> bytes:
    try:
        if not stat.S_ISREG(file.stat().st_mode):  # a pipe or a device might never end
            raise BadInput(f"{file} is no file.", "Give the path of a file.")
        with file.open("rb") as opened:
            content = opened.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise BadInput(f"{file} cannot be read: {error.strerror or error}.", "Give the path of a file.") from None
    if len(content) > LARGEST_BYTES:
        raise BadInput(
            f"{file} has more than the {LARGEST_BYTES:,} bytes that are read.", "Look where the file comes from."
        )
    return content
