"""The product's API, asked read-only: licence and services. The key goes by POST, never into an address."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urlencode

from access_check.targets import Target
from callout.health.observation import Answer, ApiSeen, WebSeen
from callout.health.web import ask_page
from callout.programs import printable

LICENCE = "pbxware.license.info"
SERVICES = "pbxware.dashboard.services"
API_PATH = "/index.php"
MAXIMUM_SERVICES = 50
_VERSION = re.compile(r"(\d{1,4}(?:\.\d{1,6}){0,4})(?: \(\w{1,40}\))?")


def product_version(target: Target, *, deadline_s: float = 10) -> str | None:
    """The product's version by its API, `8.1` for `8.1 (a35a9165)`; None where it cannot be had, or there is no key."""
    return look_at_api(target, deadline_s=deadline_s, services=False).version


def look_at_api(target: Target, *, deadline_s: float = 10, services: bool = True) -> ApiSeen:
    """What `license.info` and `dashboard.services` answer. Never asks for an action that changes anything.

    The key is sent over https only: a profile whose GUI is plain http leaves the API unasked.
    """
    if target.api is None or not target.api.key.get_secret_value().strip():
        return ApiSeen(key_on_file=False)
    licence, answer, complaint = _ask(target, LICENCE, deadline_s)
    told = answer.get("Version") if isinstance(answer, dict) else None
    version = read_version(told)
    if not complaint and version is None:
        complaint = f"its Version is not understood: {printable(str(told))[:60]!r}"
    if complaint or not services:
        return ApiSeen(True, licence, version, complaint)
    _, listed, services_complaint = _ask(target, SERVICES, deadline_s)
    states = read_services(listed)
    if not services_complaint and states is None:
        services_complaint = "the list of services is not understood"
    return ApiSeen(True, licence, version, "", states, services_complaint)


def read_version(told: Any) -> str | None:
    """`8.1` of `8.1 (a35a9165)`; None for anything that is not such a version."""
    match = _VERSION.fullmatch(told.strip()) if isinstance(told, str) and len(told) < 80 else None
    return match[1] if match else None


def read_services(listed: Any) -> dict[str, str] | None:
    """Service → state, or None for anything but a mapping of at most 50 words to words."""
    if not isinstance(listed, dict) or not listed or len(listed) > MAXIMUM_SERVICES:
        return None
    if not all(isinstance(state, str) for state in listed.values()):
        return None
    states = {printable(name)[:40]: printable(state)[:40] for name, state in listed.items()}
    return states if len(states) == len(listed) and all([*states, *states.values()]) else None


def _ask(target: Target, action: str, deadline_s: float) -> tuple[WebSeen, Any, str]:
    """What the request met, the JSON of the answer, and why there is none (empty where there is)."""
    page = target.profile.web["gui"]
    url = f"{page.scheme}://{target.address}:{page.port}{API_PATH} {action}"
    if page.scheme != "https" or target.api is None or not target.address:
        return WebSeen(Answer.UNASKED, url), None, "the key is sent over https only"
    form = urlencode({"apikey": target.api.key.get_secret_value(), "action": action}).encode()
    got = ask_page(target.address, page, path=API_PATH, form=form, deadline_s=deadline_s)
    seen = WebSeen(got.answer, url, got.status, detail=got.detail)
    if got.answer is not Answer.ANSWERED:
        return seen, None, got.detail
    if got.status != 200 or got.cut:
        return seen, None, "more than 256 KiB" if got.cut else f"HTTP status {got.status}"
    try:
        answer = json.loads(got.body)
    except (ValueError, RecursionError):
        return seen, None, "not JSON"
    if isinstance(answer, dict) and "error" in answer:
        key = target.api.key.get_secret_value()
        return seen, None, printable(str(answer["error"])).replace(key, "***")[:100]
    return seen, answer, ""
