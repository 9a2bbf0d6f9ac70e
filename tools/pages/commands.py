"""docs/reference/commands.md: every verb's own help, as it prints itself."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import typer


def page() -> str:
    """The help of `access-check` and of `callout` with all verbs below it."""
    about = "without the exit codes that every verb ends with: [exit-codes.md](exit-codes.md)"
    parts = [f"# Commands\n\nEach block is what `--help` prints, {about}.\n"]
    for name, command in tree():
        parts.append(f"## {name}\n\n```text\n{help_text(name, command)}\n```\n")
    return "\n".join(parts)


def tree() -> Iterator[tuple[str, Any]]:
    """Every command that can be typed, with its name in full (`callout time start`)."""
    from access_check.cli import app
    from callout.cli.main import build_app

    yield from _walk("access-check", typer.main.get_command(app))
    yield from _walk("callout", typer.main.get_command(build_app(None)))


def help_text(name: str, command: Any) -> str:
    """The help of one command, 100 columns wide."""
    context = command.context_class(command, info_name=name, terminal_width=100, max_content_width=100)
    text: str = inspect.cleandoc(command.get_help(context))
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return lines.partition("\n\n  Exit status: ")[0] if command.epilog and " " in name else lines


def _walk(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    yield name, command
    for verb, below in getattr(command, "commands", {}).items():
        yield from _walk(f"{name} {verb}", below)
