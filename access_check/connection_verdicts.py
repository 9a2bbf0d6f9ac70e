"""Pure: verdicts on the way to a system: connection arguments that are not followed, and jump hosts."""

from __future__ import annotations

from dataclasses import replace

from access_check.connection_arguments import connection_arguments
from access_check.findings import Finding, Move, Status
from access_check.observations import Observations, Reach
from access_check.requirements import Requirement, through_ssh
from access_check.targets import Target

BEHIND_JUMP_HOST = "behind-jump-host"


def arguments(requirement: Requirement, target: Target, seen: Observations) -> Finding | None:
    """Whether the walk goes the way that Ansible and callout go."""
    way = connection_arguments(target.connection_arguments)
    if not way.not_followed:
        return Finding(requirement.check, Status.PASS, "followed", "The connection arguments are followed.")
    named = ", ".join(way.not_followed)
    said = f"The walk does not follow all of the connection arguments of {target.name}: not {named}."
    remedy = (
        "Take them out of ansible_ssh_common_args and ansible_ssh_extra_args if they are not needed; what the walk "
    )
    remedy += "says holds without them. Host keys are always those of the inventory's known_hosts."
    evidence = {"not_followed": list(way.not_followed)}
    return Finding(requirement.check, Status.WARN, "connection-arguments-ignored", said, Move.US, remedy, evidence)


def seen_only_from_jump(requirement: Requirement, target: Target) -> Finding | None:
    """The finding in place of what cannot be seen from here, because the way leads through a jump host.

    Set aside, and not unknown: whoever wrote the jump host into the inventory said that the system is not reached
    from the street.
    """
    way = connection_arguments(target.connection_arguments).way
    if not way or through_ssh(requirement, target):
        return None
    said = f"Not looked at: the way to {target.address} leads through {way}; from here another machine might answer."
    finding = Finding(requirement.check, Status.UNKNOWN, BEHIND_JUMP_HOST, said, evidence={"way": way})
    return finding.waived(f"the inventory reaches {target.name} through {way}.")


def as_seen_through_jump(
    found: Finding | None, requirement: Requirement, target: Target, seen: Observations
) -> Finding | None:
    """The same finding, with the way that the look took and how far it went; direct looks stay as they are."""
    way = connection_arguments(target.connection_arguments).way
    if found is None or not way or not through_ssh(requirement, target):
        return found
    port = seen.tcp.get(requirement.port)
    if port is not None and port.reach is Reach.NO_WAY:
        return found
    spoken = seen.ssh.get(requirement.port)
    inside = spoken is not None and spoken.login is not None
    said = f"{found.seen} Seen through {way}{'' if inside else ', without a login behind it'}."
    return replace(found, seen=said, evidence={**found.evidence, "way": way})
