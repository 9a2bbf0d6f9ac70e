"""docs/reference/exit-codes.md: what the exit status of every command means."""

from __future__ import annotations

import inspect
import re

from pages.markdown import table


def page() -> str:
    """The table of `callout --help`, with the errors that lead to each status."""
    errors = errors_by_status()
    rows = [(str(status), meaning, " ".join(errors.get(status, []))) for status, meaning in meanings().items()]
    return (
        "# Exit codes\n\n`callout` and `access-check` end with one of these. Every other status is a failure.\n"
        "In Ansible's results the same number stands as `exit_code`.\n\n"
        + table(("Status", "Meaning", "When, in the errors' own words"), rows)
    )


def meanings() -> dict[int, str]:
    """Status → words, from the text that `callout --help` ends with."""
    from callout.cli.main import EPILOG

    parts = EPILOG.removeprefix("Exit status:").rstrip(".").split("·")
    pairs = [re.fullmatch(r"(\d+) (.+)", " ".join(part.split())) for part in parts]
    return {int(pair[1]): pair[2] for pair in pairs if pair}


def errors_by_status() -> dict[int, list[str]]:
    """Status → one sentence per error class that ends with it."""
    from callout import errors

    found: dict[int, list[str]] = {}
    for _, one in inspect.getmembers(errors, inspect.isclass):
        if issubclass(one, errors.CalloutError) and one is not errors.CalloutError:
            sentence = " ".join((inspect.getdoc(one) or "").split("\n\n")[0].split())
            found.setdefault(one.exit_status, []).append(sentence)
    return found
