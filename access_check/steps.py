"""Pure: `--only STEP` → which checks are to be looked at, which of them are told."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from access_check.errors import AccessCheckError
from access_check.findings import Finding
from access_check.requirements import Requirement, requirements
from access_check.targets import Target


class UnknownStep(AccessCheckError):
    """There is no such step to be looked at; the message names those there are."""


def step_names(targets: Sequence[Target]) -> list[str]:
    """Every word that `--only` takes with these systems: each check without its port, and each family of checks."""
    names: dict[str, None] = {}
    for target in targets:
        for requirement in requirements(target):
            step = requirement.check.partition("@")[0]
            names.setdefault(step.partition(".")[0])
            names.setdefault(step)
    return sorted(names)


def refuse_unknown_steps(only: Collection[str], targets: Sequence[Target]) -> None:
    """Raises UnknownStep for a word that is no step of any of these systems."""
    known = step_names(targets)
    for word in only:
        if word not in known and targets:
            raise UnknownStep(f"There is no step {word!r}.", f"Name one of: {', '.join(known)}.")


def chosen(check: str, only: Collection[str]) -> bool:
    """Whether `check` is one of the steps, or of one of their families; without any, all are."""
    step = check.partition("@")[0]
    return not only or step in only or step.partition(".")[0] in only


def needed(target: Target, only: Collection[str]) -> list[Requirement]:
    """The requirements to look at: the chosen ones and all that they need, in the order of the walk."""
    wanted = requirements(target)
    if not only:
        return wanted
    by_check = {requirement.check: requirement for requirement in wanted}
    checks: set[str] = set()
    for requirement in wanted:
        check = requirement.check if chosen(requirement.check, only) else ""
        while check and check not in checks:
            checks.add(check)
            check = by_check[check].needs if check in by_check else ""
    return [requirement for requirement in wanted if requirement.check in checks]


def told(target: Target, findings: Sequence[Finding], only: Collection[str]) -> list[Finding]:
    """The findings of the chosen steps, and of those that they need and that are broken; in the same order."""
    if not only:
        return list(findings)
    needs = {requirement.check for requirement in needed(target, only)} | {"details.address", "walk"}
    return [
        finding
        for finding in findings
        if chosen(finding.check, only) or (finding.check in needs and finding.blocks and finding.code != "not-reached")
    ]
