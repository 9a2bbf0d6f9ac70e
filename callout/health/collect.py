"""One look at a system: the shell, one SIP OPTIONS, the GUI, the API. It looks and judges nothing."""

from __future__ import annotations

import re
import secrets

from access_check.look_answer import NotOurs, read_look
from access_check.look_script import NONCE_LENGTH, look_script
from access_check.probes.sip import sip_options
from access_check.targets import Target
from callout.errors import Unreachable
from callout.health.api import look_at_api
from callout.health.observation import Answer, HealthObservation, ShellSeen, WebSeen
from callout.health.script_answer import QUESTIONS, seen_by
from callout.health.web import ask_page
from callout.inventory.operation import OperatingProfile
from callout.shell.session import Session

SHELL_DEADLINE_S = 60
ANSWER_LIMIT_BYTES = 64 * 1024
# PHP's own words, whole or in the HTML that it makes of them.
_FATAL = re.compile(rb"(?:<b>|PHP )?(?:Fatal|Parse) error(?:</b>)?:\s", re.IGNORECASE)


def collect(
    session: Session, target: Target, operation: OperatingProfile, *, timeout_s: float = 10
) -> HealthObservation:
    """What one look saw; each question has at most `timeout_s` seconds, the shell a minute.

    Raises TrustRefused where the host key is not the one on file; any other silence is in the observation.
    """
    return HealthObservation(
        shell=look_by_shell(session, operation),
        sip=sip_options(target.address, target.profile.sip_port, timeout_s) if target.address else None,
        gui=_gui(target, timeout_s),
        api=look_at_api(target, deadline_s=timeout_s),
    )


def look_by_shell(session: Session, operation: OperatingProfile) -> ShellSeen:
    """Asterisk, calls, room and load, by one script. Raises TrustRefused; no connection is in what was seen."""
    nonce = secrets.token_hex(NONCE_LENGTH // 2)
    asks = look_script(nonce, QUESTIONS, operation.asterisk)
    try:
        completed = session.run(asks, deadline_s=SHELL_DEADLINE_S, limit_bytes=ANSWER_LIMIT_BYTES)
    except Unreachable as error:
        return ShellSeen(trouble=error.message)
    if completed.cut:
        return ShellSeen(trouble=f"{session.name} answered with more than 64 KiB.")
    try:
        return seen_by(read_look(completed.text, nonce))
    except NotOurs as error:
        if completed.rc != 0:
            return ShellSeen(trouble=f"{session.name}: the script did not run: {completed.complaint}.")
        return ShellSeen(trouble=f"{session.name}: the answer is not our script's: {error}.")


def _gui(target: Target, timeout_s: float) -> WebSeen | None:
    page = target.profile.web.get("gui")
    if page is None:
        return None
    url = f"{page.scheme}://{target.address}:{page.port}{page.path}"
    if not target.address:
        return WebSeen(Answer.UNASKED, url, detail="it has no address on file")
    got = ask_page(target.address, page, deadline_s=timeout_s)
    return WebSeen(got.answer, url, got.status, bool(_FATAL.search(got.body)), got.detail)
