"""Small pieces of Markdown that the pages share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; bars and line ends inside cells are made harmless."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def from_ansible(text: object) -> str:
    """Ansible's markup (`C(x)`, `O(x)`, `V(x)`) or a list of paragraphs as Markdown."""
    if isinstance(text, list):
        return "\n\n".join(from_ansible(one) for one in text)
    return re.sub(r"\b[COVMBI]\(([^)]*)\)", r"`\1`", str(text)).strip()


def code(value: object) -> str:
    """A value as inline code; nothing for nothing."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value}`"


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|").strip()
