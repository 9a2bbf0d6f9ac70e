"""Renders the HTML pages: sandboxed, everything escaped, nothing fetched from anywhere."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

from jinja2 import FunctionLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from callout.programs import printable


def render_page(template: str, **values: Any) -> str:
    """The page that `templates/NAME` makes of `values`. Values are data: never templates, never markup."""
    return _environment().get_template(template).render(**values).rstrip() + "\n"


@cache
def _environment() -> SandboxedEnvironment:
    return SandboxedEnvironment(
        loader=FunctionLoader(_template_text),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _template_text(name: str) -> str:
    return (resources.files("callout") / "views" / "templates" / name).read_text(encoding="utf-8")


def _shown(value: Any) -> Any:
    """Text without control characters: they mean nothing on a page and much in a terminal that shows its source."""
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value
