"""The product's API, asked read-only: licence and services. The key goes by POST, never into an address."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import quote, quote_plus

from access_check.escaping import shown
from access_check.probes.http_connection import WebConnection
from access_check.web_observation import ApiObservation, Page

LICENCE = "pbxware.license.info"
SERVICES = "pbxware.dashboard.services"
API_PATH = "/index.php"
MAXIMUM_SERVICES = 50
_VERSION = re.compile(r"(\d{1,4}(?:\.\d{1,6}){0,4})(?: \(\w{1,40}\))?")


def ask_api(connection: WebConnection, path: str, key: str, *, services: bool = True) -> ApiObservation:
    """What `license.info` and `dashboard.services` answer. Never asks for an action that changes anything.

    The key is sent where secrets may be sent, and only there: `answer` is None where it was not.
    """
    nothing = connection.open()
    if nothing is not None:
        return ApiObservation(nothing.page, complaint=nothing.detail or str(nothing.page))
    if not connection.may_have_secrets:
        return ApiObservation(complaint="the key is sent over https only, and behind a good certificate")
    seen, answer = _ask(connection, path, key, LICENCE)
    told = answer.get("Version") if isinstance(answer, dict) else None
    version = read_version(told)
    if not seen.complaint and version is None:
        seen = replace(seen, complaint=f"its Version is not understood: {_redacted(str(told), key)[:60]!r}")
    if seen.complaint or not services:
        return replace(seen, version=version)
    listing, listed = _ask(connection, path, key, SERVICES)
    states = read_services(listed)
    complaint = listing.complaint or ("" if states is not None else "the list of services is not understood")
    if states is not None and any(key in word for word in (*states, *states.values())):
        states, complaint = None, "the list of services is not understood"
    return replace(seen, version=version, services=states, services_complaint=complaint)


def read_version(told: Any) -> str | None:
    """`8.1` of `8.1 (a35a9165)`; None for anything that is not such a version."""
    match = _VERSION.fullmatch(told.strip()) if isinstance(told, str) and len(told) < 80 else None
    return match[1] if match else None


def read_services(listed: Any) -> dict[str, str] | None:
    """Service → state, or None for anything but a mapping of at most 50 words to words."""
    if not isinstance(listed, dict) or not listed or len(listed) > MAXIMUM_SERVICES:
        return None
    if not all(isinstance(state, str) and state and name for name, state in listed.items()):
        return None
    states = {shown(name, 40): shown(state, 40) for name, state in listed.items()}
    return states if len(states) == len(listed) else None


def _ask(connection: WebConnection, path: str, key: str, action: str) -> tuple[ApiObservation, Any]:
    """What the request met, with why there is no answer (empty where there is), and the JSON of the answer."""
    got = connection.ask(path, {"apikey": key, "action": action})
    seen = ApiObservation(got.page, got.status)
    if got.page is not Page.ANSWERED:
        return replace(seen, complaint=_redacted(got.detail, key) or str(got.page)), None
    if got.status != 200 or got.cut:
        return replace(
            seen, complaint="more than 256 KiB, or cut off" if got.cut else f"HTTP status {got.status}"
        ), None
    try:
        answer = json.loads(got.body)
    except (ValueError, RecursionError):
        return replace(seen, complaint="not JSON"), None
    if isinstance(answer, dict) and "error" in answer:
        return replace(seen, complaint=_redacted(str(answer["error"]), key)), None
    return seen, answer


def _redacted(said: str, key: str) -> str:
    """What the server said, without the key that it may repeat."""
    for spelt in (key, quote(key), quote_plus(key)):
        said = said.replace(spelt, "***")
    return shown(said, 100)
