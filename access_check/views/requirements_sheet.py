"""The customer's requirements sheet: what must be open and on file, from the profile that judges."""

from __future__ import annotations

from access_check.languages import Say, marked
from access_check.requirements import (
    PRODUCT_NAMES,
    About,
    missing_details,
    requirements,
    ssh_ports,
    waiver_for,
)
from access_check.targets import Target
from access_check.views.document import Block, Code, Document, Heading, Paragraph, Table, Words, filled
from access_check.views.purposes import purpose_words

_DETAILS = {
    "address": marked("public address"),
    "login": marked("root password for SSH (or our key accepted for root)"),
    "gui_user": marked("user name for the web GUI"),
    "gui_password": marked("password for the web GUI"),
    "wizard_password": marked("root password for the Setup Wizard"),
}
_SERVERWARE_HOST_PORT = 2222


def requirements_sheet(target: Target, say: Say, language: str, our_address: str = "") -> Document:
    """The sheet for one system; whether a credential is on file is said, its value never.

    `our_address` is the address that the customer may limit the ports to; nothing is said of it where empty.
    What is waived for this system is listed as not needed.
    """
    product = PRODUCT_NAMES[target.product]
    blocks: list[Block] = [
        Paragraph(
            say("To support {product} {system} we need direct access from the Internet.").format(
                product=product, system=target.name
            )
            + " "
            + say("Screen sharing cannot replace it.")
        ),
        Heading(say("Address")),
        Paragraph(_address(target, say)),
        Heading(say("Ports to be opened or forwarded")),
        Table((say("Port"), say("What for"), say("Needed")), _ports(target, say)),
        Paragraph(say("Seen from the Internet, each port must lead to the {product} system.").format(product=product)),
    ]
    if our_address:
        limit = say("If you limit the ports to certain senders, please let us in from {source}.")
        blocks.append(Paragraph(filled(limit, {"source": Code(our_address)})))
    blocks += [
        Heading(say("What we need on file")),
        Table((say("What"), say("On file")), _details(target, say)),
        Paragraph(say("Please send passwords only by a safe way, never in an open e-mail.")),
    ]
    title = say("Access requirements of {product} {system}").format(product=product, system=target.name)
    return Document(title, blocks, language)


def _address(target: Target, say: Say) -> Words:
    if not target.address:
        return say("Please tell us the public address of the system.")
    reached = filled(say("We reach the system at {address}."), {"address": Code(target.address)})
    if waiver_for(target, "address.public"):
        return reached
    public = say("It must be a public address, not a private one and not one behind a carrier's NAT.")
    return (*reached, f" {public}")


def _ports(target: Target, say: Say) -> list[tuple[Words, ...]]:
    rows: list[tuple[Words, ...]] = []
    for requirement in requirements(target):
        if requirement.about is not About.TCP:
            continue
        needed = say("no, as agreed") if waiver_for(target, requirement.check) else say("yes")
        rows.append((Code(f"TCP {requirement.port}"), _what_for(target, requirement.port, say), needed))
    return rows


def _what_for(target: Target, port: int, say: Say) -> str:
    purposes = [
        purpose_words(requirement.purpose, say)
        for requirement in requirements(target)
        if requirement.port == port and requirement.about in (About.TCP, About.WEB)
    ]
    said = ", ".join(dict.fromkeys(purposes))
    if target.product == "serverware" and port in ssh_ports(target):
        # Published procedure: 2222 is the host, the port we work on the PBX or controller behind the same address.
        part = say("the host itself") if port == _SERVERWARE_HOST_PORT else say("the PBX or controller")
        said += f" ({part})"
    return said


def _details(target: Target, say: Say) -> list[tuple[Words, ...]]:
    missing = {finding.check.removeprefix("details."): finding for finding in missing_details(target)}
    rows: list[tuple[Words, ...]] = []
    for detail, words in _DETAILS.items():
        state = say("yes")
        if detail in missing:
            blocks = missing[detail].blocks
            state = say("no: please send it to us") if blocks else say("no, as agreed")
        rows.append((say(words), state))
    return rows
