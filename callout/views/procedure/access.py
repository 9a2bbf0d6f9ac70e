"""What is needed to help at all, what support is and maintenance, and what is not supported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from callout.views.procedure.facts import Facts, ProductPorts
from callout.views.procedure.model import Block, Part, Row, Said, Shape, paragraph, points
from callout.views.procedure.telling import Teller

ACCESS = "callout_system.access"


def access_part(facts: Facts, teller: Teller) -> Part:
    """What we need to get into a system."""
    words = teller.words
    head = (words["product"], words["gui"], words["wizard"], words["ssh"])
    rows = tuple(_row(one) for one in facts.ports)
    return Part(
        "access",
        words["access"],
        (
            paragraph(teller.cite("direct access", "access")),
            paragraph(teller.cite("on file", "access")),
            paragraph(teller.cite("ports", "access", f"{ACCESS}.web", f"{ACCESS}.ssh_ports")),
            Block(Shape.TABLE, head=head, rows=rows),
            paragraph(teller.cite("ports only", "access")),
        ),
    )


def support_part(facts: Facts, teller: Teller) -> Part:
    """Who does the work, and what comes before it."""
    said = [teller.cite(name, "support and maintenance") for name in ("support is", "maintenance is")]
    return Part("support", teller.words["support"], (points(*said), *_owed(facts, teller)))


def _owed(facts: Facts, teller: Teller) -> Iterator[Block]:
    policy = facts.policy
    yield paragraph(teller.cite("faq", "support and maintenance"), *_link("faq link", policy.desk.faq, "faq", teller))
    yield paragraph(
        teller.cite("quote first", "support and maintenance"),
        teller.say("quote valid", "callout_policy.quotes.valid_days", days=policy.quotes.valid_days),
        teller.say("consent valid", "callout_policy.consent.valid_days", days=policy.consent.valid_days),
    )
    yield paragraph(teller.cite("beyond reach", "support and maintenance"))


def unsupported_part(facts: Facts, teller: Teller) -> Part:
    """What is not supported, and what follows from it."""
    part = "unsupported modifications"
    link = _link("documentation link", facts.policy.desk.documentation, "documentation", teller)
    return Part(
        "unsupported",
        teller.words["unsupported"],
        (
            paragraph(teller.cite("unsupported rule", part), *link),
            paragraph(teller.cite("unsupported charged", part), teller.cite("unsupported hours", part)),
        ),
    )


def _link(name: str, link: str | None, key: str, teller: Teller) -> Iterator[Said]:
    if link:
        yield teller.say(name, f"callout_policy.desk.{key}", link=link)


def _row(ports: ProductPorts) -> Row:
    cells = (ports.shown, _tcp(ports.gui), _tcp(ports.wizard), _tcp(ports.ssh))
    return Row(cells, (f"{ACCESS}.web", f"{ACCESS}.ssh_ports"))


def _tcp(ports: Sequence[int]) -> str:
    return f"TCP {', '.join(map(str, sorted(ports)))}" if ports else "–"
