"""The paste-ready reply to the customer: what we saw, from where and when, what to change, how to test it."""

from __future__ import annotations

import datetime as dt
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from access_check.escaping import shown
from access_check.findings import Finding, Move, Status
from access_check.languages import Say, marked
from access_check.recipient import Recipient
from access_check.requirements import PRODUCT_NAMES, requirements
from access_check.sweep import SystemReport
from access_check.targets import Target
from access_check.views.document import Block, Code, Document, Heading, Items, Paragraph, Words, filled
from access_check.views.letter_sentences import sentences_for
from access_check.views.purposes import purpose_words
from access_check.views.times import moment

_QUOTE = 120
_HEADINGS = {
    Move.CUSTOMER: marked("Your move: what we ask of you"),
    Move.NETWORK_PROVIDER: marked("Your network provider's move: please pass this on"),
    Move.US: marked("Our move: there is nothing for you to do here"),
    Move.NOBODY: marked("For your information"),
}
_FAMILIES_OF_SSH = ("ssh.banner", "ssh.handshake", "ssh.login", "ssh.shell")


@dataclass(frozen=True, slots=True)
class _Point:
    """Findings of one kind and code: ports that fail alike are one point of the letter."""

    kind: str
    code: str
    findings: tuple[Finding, ...]

    @property
    def move(self) -> Move:
        # Only the customer can tell why a host key is another one, although it is we who then act.
        return Move.CUSTOMER if self.code in ("host-key-changed", "host-key-revoked") else self.findings[0].move

    @property
    def ports(self) -> list[int]:
        ports = (finding.check.partition("@")[2] for finding in self.findings)
        return [int(port) for port in ports if port.isdecimal()]


def letter(
    report: SystemReport, recipient: Recipient, now: dt.datetime, say: Say, language: str, our_address: str = ""
) -> Document:
    """The letter in the language of `say`; `now`, with a zone, is when we looked.

    `our_address` is where we looked from as the customer sees it; empty where that is not known. Holds no
    credential, no path of ours and no word of our inventory: what findings say to us is not copied, except
    for the remedy (a sentence to send) of a kind of check that has no sentences of its own yet.
    """
    target, findings = report.target, report.findings
    product = PRODUCT_NAMES[target.product]
    points = _points(findings)
    blocks: list[Block] = [
        Paragraph(say("Hello,")),
        Paragraph(_looked(target, recipient, now, say, language, our_address)),
    ]
    blocks.append(Paragraph(say(_state(findings))))
    for move, heading in _HEADINGS.items():
        mine = [point for point in points if point.move is move]
        if mine:
            blocks += [Heading(say(heading)), Items([_lines(point, target, say) for point in mine])]
    left = sum(finding.code == "not-reached" and finding.blocks for finding in findings)
    if points and left:
        blocks.append(Paragraph(say("Checks that have to wait for this: {count}.").format(count=left)))
    if any(point.move in (Move.CUSTOMER, Move.NETWORK_PROVIDER) for point in points):
        blocks.append(Paragraph(say("Please write to us when this is done. We shall then look again and tell you.")))
    title = say("Access to {product} {system}").format(product=product, system=target.name)
    return Document(title, blocks, language)


def _state(findings: Sequence[Finding]) -> str:
    if not findings:
        return marked("We could not finish our checks. It is our move: we shall look again.")
    blocking = [finding for finding in findings if finding.blocks]
    if any(finding.code != "not-reached" for finding in blocking):
        return marked("At the moment we do not reach everything that we need.")
    if blocking:
        return marked("We could not finish our checks. It is our move: we shall look again.")
    if any(finding.status is Status.WARN for finding in findings):
        return marked("Everything that we need can be reached and works. We noticed the following.")
    return marked("Everything that we need can be reached and works. There is nothing for you to do.")


def _looked(
    target: Target, recipient: Recipient, now: dt.datetime, say: Say, language: str, our_address: str
) -> tuple[str | Code, ...]:
    values: dict[str, str | Code] = {
        "when": moment(now, recipient.time_zone, language),
        "product": PRODUCT_NAMES[target.product],
        "system": target.name,
        "address": Code(target.address or ""),
        "source": Code(our_address),
    }
    if not target.address:
        sentence = say("On {when} we looked at what we have on file of your {product} system {system}.")
    elif our_address:
        sentence = say(
            "On {when} we looked at how we can reach your {product} system {system} at the address {address} "
            "from our address {source}."
        )
    else:
        sentence = say(
            "On {when} we looked at how we can reach your {product} system {system} at the address {address} "
            "from our network."
        )
    return filled(sentence, values)


def _points(findings: Sequence[Finding]) -> list[_Point]:
    """What there is to say, in the order of the walk. Waived checks are settled, and not-reached ones not seen."""
    told = (Status.FAIL, Status.UNKNOWN, Status.WARN)
    listed = [finding for finding in findings if finding.status in told and finding.code != "not-reached"]
    tcp = [finding.code for finding in findings if _kind(finding) == "tcp"]
    silent = bool(tcp) and set(tcp) <= {"timeout", "banned"}
    silence = "banned" if "banned" in tcp else "all-silent"
    grouped: dict[tuple[str, str, Move], list[Finding]] = {}
    for finding in listed:
        kind = _kind(finding)
        code = silence if kind == "tcp" and silent else finding.code
        single = kind == "tcp" or (kind.startswith("ssh.") and kind != "ssh.host_key" and kind != "ssh.banner")
        place = code if single else f"{code} {finding.check}"
        grouped.setdefault((kind, place, finding.move), []).append(finding)
    return [_Point(kind, place.partition(" ")[0], tuple(found)) for (kind, place, _), found in grouped.items()]


def _kind(finding: Finding) -> str:
    return finding.check.partition("@")[0]


def _lines(point: _Point, target: Target, say: Say) -> list[Words]:
    sentences = sentences_for(point.kind, point.code)
    first = point.findings[0]
    if sentences is None and point.move in (Move.CUSTOMER, Move.NETWORK_PROVIDER):
        # The remedy is the sentence to send, in English; what was seen is written for us and may name our files.
        return [say("One of our checks found something that is not as it should be."), first.remedy]
    if sentences is None:
        return [say("One of our checks could not be finished, for a reason on our side. We shall look again.")]
    values = {
        "port": ", ".join(str(port) for port in point.ports),
        "purpose": ", ".join(_purposes(point, target, say)),
        "address": shown(target.address or ""),
        "product": PRODUCT_NAMES[target.product],
        "quote": _quote(point),
    }
    lines: list[Words] = [say(sentence).format_map(values) for sentence in sentences]
    tests = _tests(point, target) if point.move in (Move.CUSTOMER, Move.NETWORK_PROVIDER) else []
    if tests:
        commands: list[str | Code] = []
        for command in tests:
            commands += [" · " if commands else " ", Code(command)]
        lines.append((say("To test it, from outside your network:"), *commands))
    return lines


def _purposes(point: _Point, target: Target, say: Say) -> list[str]:
    by_check = {requirement.check: requirement.purpose for requirement in requirements(target)}
    purposes = (by_check.get(finding.check, "") for finding in point.findings)
    return list(dict.fromkeys(purpose_words(each, say) for each in purposes if each))


def _quote(point: _Point) -> str:
    evidence = point.findings[0].evidence
    if point.kind == "ssh.host_key":
        return shown(str(evidence.get("fingerprint", "")), _QUOTE)
    if point.code == "banned":
        return shown(str(evidence.get("last_open", "")), _QUOTE)
    if point.kind == "facts.disk":
        return f" ({shown(str(evidence.get('worst', '')), _QUOTE)})" if evidence.get("worst") else ""
    banner = shown(str(evidence.get("banner") or ""), _QUOTE)
    return f": “{banner}”" if banner else ""


def _tests(point: _Point, target: Target) -> list[str]:
    """Commands that show whether it is mended; without any where only we can tell."""
    address = shown(target.address or "")
    quoted = shlex.quote(address)
    if point.kind == "address.resolves":
        return [f"nslookup {quoted}"]
    if point.kind == "tcp":
        return [f"nc -vz {quoted} {port}" for port in point.ports]
    if point.kind in _FAMILIES_OF_SSH:
        return [f"ssh -p {port} {shlex.quote(f'root@{address}')}" for port in point.ports]
    page = target.profile.web.get(point.kind.removeprefix("web.")) if point.kind.startswith("web.") else None
    if page is not None:
        host = f"[{address}]" if ":" in address else address
        return [f"curl -kI {shlex.quote(f'{page.scheme}://{host}:{page.port}{page.path}')}"]
    return []
