"""Pure: product profile and what is on file → what must hold for one system, in the order of the walk."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from access_check.findings import Finding, Move, Status
from access_check.profile import WebPage
from access_check.targets import Target

PRODUCT_NAMES = {"pbxware": "PBXware", "serverware": "SERVERware"}
# What must be on file, as checks: see missing_details.
DETAILS = tuple(
    f"details.{name}" for name in ("address", "login", "gui_user", "gui_password", "wizard_password", "api_key")
)
_PAGE_NAMES = {"gui": "web GUI", "gui_plain": "web GUI", "wizard": "Setup Wizard"}


class About(StrEnum):
    """What a requirement speaks of."""

    RESOLVES = "resolves"
    PUBLIC = "public"
    TCP = "tcp"
    BANNER = "banner"
    HANDSHAKE = "handshake"
    HOST_KEY = "host-key"
    LOGIN = "login"
    SHELL = "shell"
    FACTS = "facts"
    WEB = "web"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that must hold. `needs` names the check without which this one cannot be looked at.

    `purpose` is what the port or page is for, in words for the customer; `page_name` and `page` are set for
    web pages only.
    """

    check: str
    about: About
    needs: str = ""
    port: int = 0
    purpose: str = ""
    page_name: str = ""
    page: WebPage | None = None


def ssh_ports(target: Target) -> tuple[int, ...]:
    """Every SSH port of the site, the one we work on first; `ansible_port` stands in for the profile's."""
    own = (target.port, *(port for port in target.profile.ssh_ports if port != target.profile.work_port))
    return tuple(dict.fromkeys(own))


def tcp_ports(target: Target) -> tuple[int, ...]:
    """Every TCP port that must be open, ascending (published procedure, with the site's own numbers)."""
    listed = {port for port in target.profile.tcp_ports if port != target.profile.work_port}
    return tuple(sorted({*listed, *ssh_ports(target), *(page.port for page in target.profile.web.values())}))


def requirements(target: Target) -> list[Requirement]:
    """What must hold, in the order in which an engineer would look; `missing_details` comes before it."""
    wanted = [
        Requirement("address.resolves", About.RESOLVES),
        Requirement("address.public", About.PUBLIC, needs="address.resolves"),
    ]
    purposes = _purposes(target)
    wanted += [
        Requirement(f"tcp@{port}", About.TCP, "address.resolves", port, purposes.get(port, "access"))
        for port in tcp_ports(target)
    ]
    for port in ssh_ports(target):
        wanted += [
            Requirement(f"ssh.banner@{port}", About.BANNER, f"tcp@{port}", port, "SSH"),
            Requirement(f"ssh.handshake@{port}", About.HANDSHAKE, f"ssh.banner@{port}", port, "SSH"),
            Requirement(f"ssh.host_key@{port}", About.HOST_KEY, f"ssh.handshake@{port}", port, "SSH"),
        ]
    work = target.port
    wanted += [
        Requirement(f"ssh.login@{work}", About.LOGIN, f"ssh.host_key@{work}", work, "SSH"),
        Requirement(f"ssh.shell@{work}", About.SHELL, f"ssh.login@{work}", work, "SSH"),
    ]
    wanted += [
        Requirement(f"facts.{name}@{work}", About.FACTS, f"ssh.shell@{work}", work, "SSH")
        for name in target.profile.facts.asked
    ]
    for name, page in target.profile.web.items():
        purpose = _PAGE_NAMES.get(name, name)
        needs = f"tcp@{page.port}"
        wanted.append(Requirement(f"web.{name}@{page.port}", About.WEB, needs, page.port, purpose, name, page))
    return wanted


def missing_details(target: Target) -> list[Finding]:
    """The access details that are not on file and must be; empty where all are.

    Published procedure: on file per system are the public address, GUI user and password, and the root
    password, for SSH *and* Setup Wizard. A private key stands in for the root password with SSH, not with
    the wizard. `evidence["key"]` is the dotted inventory key that should hold the detail. Waived ones are
    in the list, as such.
    """
    name = f"{target.name} ({PRODUCT_NAMES[target.product]})"
    missing: list[Finding] = []
    if not target.address:
        missing.append(_missing("address", "ansible_host", f"Please tell us the public address of {name}."))
    has_password = target.password is not None and bool(target.password.get_secret_value())
    if not has_password and target.private_key is None:
        remedy = f"Please send us the root password for SSH of {name} by a safe way."
        missing.append(_missing("login", "ansible_password", remedy))
    gui = target.gui
    if gui is None or not gui.user:
        remedy = f"Please tell us a user name for the web GUI of {name}."
        missing.append(_missing("gui_user", "callout_system.gui.user", remedy))
    if gui is None or not gui.password.get_secret_value():
        remedy = f"Please send us the web GUI's password of {name} by a safe way."
        missing.append(_missing("gui_password", "callout_system.gui.password", remedy))
    own_wizard = target.wizard is not None and bool(target.wizard.password.get_secret_value())
    if not own_wizard and not has_password:
        remedy = f"Please send us the root password for the Setup Wizard of {name} by a safe way."
        missing.append(_missing("wizard_password", "callout_system.wizard.password", remedy))
    return [with_waiver(target, finding) for finding in missing]


def waiver_for(target: Target, check: str) -> str:
    """The reason why `check` does not count here, or nothing. `tcp` waives every port, `tcp@81` one.

    A waiver without a reason is none.
    """
    for name in _names(check):
        if reason := target.waivers.get(name, "").strip():
            return reason
    return ""


def with_waiver(target: Target, finding: Finding) -> Finding:
    """`finding`, set aside if it did not pass and the inventory waives its check.

    Where the waiver is over the finding counts again, and says so.
    """
    if finding.status is Status.PASS:
        return finding
    if reason := waiver_for(target, finding.check):
        return finding.waived(reason)
    over = next((said for name in _names(finding.check) if (said := target.expired_waivers.get(name))), "")
    return replace(finding, seen=f"{finding.seen} {over}") if over else finding


def _names(check: str) -> tuple[str, str]:
    """What a waiver of `check` may be called: by itself first, then all of its kind."""
    return check, check.partition("@")[0]


def _missing(detail: str, key: str, remedy: str) -> Finding:
    words = detail.replace("_", " ")
    return Finding(
        check=f"details.{detail}",
        status=Status.FAIL,
        code="missing",
        seen=f"No {words} is on file ({key}).",
        move=Move.CUSTOMER,
        remedy=remedy,
        evidence={"key": key},
    )


def _purposes(target: Target) -> dict[int, str]:
    pages = {page.port: _PAGE_NAMES.get(name, name) for name, page in target.profile.web.items()}
    operational = {entry.port: entry.purpose for entry in target.profile.operational}
    return {**operational, **pages, **dict.fromkeys(ssh_ports(target), "SSH")}
