"""The scripts of scripts/*.sh by name. They are POSIX sh, shellchecked, and tried under dash and busybox sh."""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def script(name: str) -> str:
    """The text of scripts/NAME.sh. Raises FileNotFoundError for a name that is ours to have got wrong."""
    return (resources.files("callout.shell") / "scripts" / f"{name}.sh").read_text(encoding="utf-8")
