"""One look at a system: the shell, one SIP OPTIONS, the GUI, the API. It looks and judges nothing."""

from __future__ import annotations

from access_check.probes.sip import sip_options
from access_check.targets import Target
from callout.errors import Unreachable
from callout.health.observation import HealthObservation, ShellSeen
from callout.health.script_answer import read_answer
from callout.health.web import look_at_api, look_at_gui
from callout.inventory.operation import OperatingProfile
from callout.shell.scripts_shelf import script
from callout.shell.session import Session

SHELL_DEADLINE_S = 60
ANSWER_LIMIT_BYTES = 64 * 1024


def collect(
    session: Session, target: Target, operation: OperatingProfile, *, timeout_s: float = 10
) -> HealthObservation:
    """What one look saw; each question has at most `timeout_s` seconds, the shell a minute.

    Raises TrustRefused where the host key is not the one on file; any other silence is in the observation.
    """
    return HealthObservation(
        shell=look_by_shell(session, operation),
        sip=sip_options(target.address, target.profile.sip_port, timeout_s) if target.address else None,
        gui=look_at_gui(target, deadline_s=timeout_s),
        api=look_at_api(target, deadline_s=timeout_s),
    )


def look_by_shell(session: Session, operation: OperatingProfile) -> ShellSeen:
    """Asterisk, calls, room and load, by one script. Raises TrustRefused; no connection is in what was seen."""
    try:
        completed = session.run(
            script("health_look"), *operation.asterisk, deadline_s=SHELL_DEADLINE_S, limit_bytes=ANSWER_LIMIT_BYTES
        )
    except Unreachable as error:
        return ShellSeen(trouble=error.message)
    if completed.cut:
        return ShellSeen(trouble=f"{session.name} answered with more than 64 KiB.")
    seen = read_answer(completed.text)
    if completed.rc != 0 and seen == ShellSeen():
        return ShellSeen(trouble=f"{session.name}: the script did not run: {completed.complaint}.")
    return seen
