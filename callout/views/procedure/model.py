"""The document without its looks: sentences, each with the keys that it stands on. Nothing is escaped here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

# What the published procedure says and no key changes; such a sentence names the part of it that it stands on.
PUBLISHED = "published procedure"
PUBLISHED_PARTS = (
    "access",
    "support and maintenance",
    "unsupported modifications",
    "tickets",
    "hours",
    "emergency telephone",
    "how a matter ends",
    "escalation",
    "asked of customers",
)


class Shape(StrEnum):
    """How a block is laid out."""

    PARAGRAPH = "paragraph"
    POINTS = "points"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence or a few, and what they stand on, at least one of these.

    `keys` are inventory keys (`callout_policy.desk.first_reply`, `callout_customer.contract`), keys of a product's
    profile (`callout_system.access.ssh_ports`), or `published procedure: ` with the name of its part.
    """

    text: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, its first cell being its head, and what it stands on."""

    cells: tuple[str, ...]
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph (one or several `said`), points, or a table (`head` and `rows`)."""

    shape: Shape
    said: tuple[Said, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """One heading with what stands below it. `name` is the same in all languages."""

    name: str
    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Procedure:
    """The document; `language` as HTML writes it, `facts` are pairs of a name and a value, in order."""

    language: str
    labels: Mapping[str, str]
    title: str
    vendor: str
    facts: tuple[tuple[str, str], ...]
    intro: Said
    parts: tuple[Part, ...]
    year: int


def paragraph(*said: Said) -> Block:
    """The sentences as one paragraph."""
    return Block(Shape.PARAGRAPH, said)


def points(*said: Said) -> Block:
    """The sentences as a list."""
    return Block(Shape.POINTS, said)


def published(part: str) -> str:
    """The key of a sentence that stands on the published procedure itself. Raises ValueError for no part of it."""
    if part not in PUBLISHED_PARTS:
        raise ValueError(f"the published procedure has no part {part!r}")
    return f"{PUBLISHED}: {part}"
