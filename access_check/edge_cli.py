"""What `access-check --edge` and `--edge-paste` do: systems and their routers → reports, for cli.py to print."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from pydantic import SecretStr

from access_check.configured_inventory import inventory_folder
from access_check.edge.devices import DEVICES
from access_check.edge.observation import EdgeObservation, Look
from access_check.edge.parsers.reading import LIMIT_CHARACTERS
from access_check.edge.variables import EdgeVariables, edge_variables
from access_check.edge.verdicts import Edge, judge_edge
from access_check.errors import AccessCheckError
from access_check.findings import Finding, Move, Status
from access_check.inventory_source import RawSystem, read_inventory
from access_check.masking import without_our_secrets
from access_check.side_by_side import side_by_side
from access_check.sweep import SystemReport
from access_check.targets import Target, target_from_variables

TO_READ = ("device", "inside_address", "address", "user", "password")


class CannotJudge(AccessCheckError):
    """What was asked for cannot be judged; the message says why."""


def edge_reports(
    source: Path, limit: str | None, jobs: int, timeout_s: float, paste: Path | None, device: str | None
) -> list[SystemReport]:
    """What `--edge` or, with `paste`, `--edge-paste` finds; raises as those two below."""
    known_hosts = inventory_folder(source) / "known_hosts"
    if paste is not None:
        return [judge_paste(source, limit, known_hosts, paste, device)]
    return read_routers(source, limit, known_hosts, jobs=jobs, timeout_s=timeout_s)


def read_routers(
    source: Path, limit: str | None, known_hosts: Path, *, jobs: int, timeout_s: float
) -> list[SystemReport]:
    """Every chosen system's router, read and judged; reports in the inventory's order.

    Everything that is needed is asked for before the first router is spoken to. Raises InventoryError with
    file and key.
    """
    raws = read_inventory(source, limit)
    chosen = [(target_from_variables(raw, known_hosts), edge_variables(raw, TO_READ)) for raw in raws]
    return side_by_side(lambda both: edge_report(*both, timeout_s), chosen, jobs)


def edge_report(target: Target, router: EdgeVariables, timeout_s: float) -> SystemReport:
    """One system's router, read and judged; `router` has every key of `TO_READ`."""
    from access_check.probes.edge import read_router
    from access_check.probes.ssh_login import Credentials

    device = DEVICES[router.device or "mikrotik"]
    credentials = Credentials(router.user or "", _secret(router), router.private_key)
    try:
        seen = read_router(device, router.address or "", router.port, credentials, target.known_hosts, timeout_s)
    except AccessCheckError as error:
        failed = Finding("edge.read", Status.UNKNOWN, "could-not-look", error.message, Move.US, error.hint)
        return SystemReport(target, (failed,))
    seen = without_our_secrets((router, target), seen)
    return SystemReport(target, tuple(judge_edge(target, _edge(router), seen)))


def _secret(router: EdgeVariables) -> SecretStr | None:
    """The password; an empty one is none, beside a key."""
    password = router.password
    return password if password is not None and password.get_secret_value() else None


def judge_paste(source: Path, limit: str | None, known_hosts: Path, paste: Path, device: str | None) -> SystemReport:
    """One system's router, judged from the text in `paste` (`-`: standard input); reaches nothing.

    Raises InventoryError for a missing `callout_edge.inside_address`, CannotJudge for more than one system,
    an unknown device, and a file that cannot be read.
    """
    raw = _only_one(read_inventory(source, limit))
    if device is not None and device not in DEVICES:
        raise CannotJudge(f"--device {device} is not known.", f"Use one of: {', '.join(DEVICES)}.")
    router = edge_variables(raw, ("inside_address",) if device else ("inside_address", "device"))
    kind = device or router.device
    router = EdgeVariables.model_validate({**router.model_dump(), "device": kind})
    seen = EdgeObservation(Look.READ, _pasted(paste))
    target = target_from_variables(raw, known_hosts)
    return SystemReport(target, tuple(judge_edge(target, _edge(router), seen)))


def _only_one(systems: Sequence[RawSystem]) -> RawSystem:
    if len(systems) != 1:
        raise CannotJudge(
            f"A pasted text is one router's, and {len(systems)} systems are chosen.", "Name the system with -l."
        )
    return systems[0]


def _edge(router: EdgeVariables) -> Edge:
    if router.device is None or router.inside_address is None:
        raise CannotJudge("callout_edge.device and callout_edge.inside_address are needed.", "See docs/howto/edge.md.")
    return Edge(router.device, str(router.inside_address), Move(router.managed_by))


def _pasted(paste: Path) -> str:
    """The text, one character more than is read so that a cut is seen."""
    try:
        if str(paste) == "-":
            text = sys.stdin.buffer.read(4 * LIMIT_CHARACTERS + 4)
        else:
            with paste.open("rb") as file:
                text = file.read(4 * LIMIT_CHARACTERS + 4)
    except OSError as error:
        raise CannotJudge(
            f"{paste} cannot be read: {error.strerror}.", "Name a file, or - for standard input."
        ) from None
    if not text.strip():
        raise CannotJudge(f"{paste} holds no text.", "Paste what the router printed; nothing is not: no rules.")
    return text.decode("utf-8", "replace")
