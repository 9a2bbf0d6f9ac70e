"""Pure: what the GUI and the API answered → findings."""

from __future__ import annotations

from access_check.observations import ApiObservation, Page
from callout.findings import Finding, Move, Status
from callout.health.observation import Answer, WebSeen

_LOOK = "Look into the web server's and PHP's log there."


def judge_gui(gui: WebSeen | None) -> list[Finding]:
    """The GUI answers below status 400 and shows no programme's error page; nothing where the profile has no GUI."""
    if gui is None:
        return []
    check = "gui.page"
    if gui.answer is Answer.UNASKED:
        seen = f"The GUI was not asked: {gui.detail}."
        return [Finding(check, Status.UNKNOWN, "unasked", seen, Move.US, "Set ansible_host in the inventory.")]
    if gui.answer is not Answer.ANSWERED:
        seen = f"The GUI gives no answer at {gui.url}: {gui.detail or gui.answer}."
        return [Finding(check, Status.FAIL, str(gui.answer), seen, Move.US, _LOOK)]
    evidence = {"url": gui.url, "status": gui.status}
    if gui.status >= 400 or gui.status < 200:
        seen = f"The GUI answers with HTTP status {gui.status} at {gui.url}."
        return [Finding(check, Status.FAIL, "http-error", seen, Move.US, _LOOK, evidence)]
    if gui.fatal:
        seen = f"The GUI shows a PHP error page at {gui.url}."
        return [Finding(check, Status.FAIL, "php-error", seen, Move.US, _LOOK, evidence)]
    return [
        Finding(check, Status.PASS, "answers", f"The GUI answers with HTTP status {gui.status}.", evidence=evidence)
    ]


def judge_api(api: ApiObservation | None) -> list[Finding]:
    """Licence and each service by its own finding, so that one service that stops is not hidden by another.

    Without a key on file (None) there is one warning: nothing was asked, and it is for us to get the key.
    """
    if api is None:
        seen = "No API key is on file: version and services were not asked."
        remedy = "Ask the customer for an API key and vault it as callout_system.api.key."
        return [Finding("api.key", Status.WARN, "no-api-key", seen, Move.US, remedy)]
    if api.version is None:
        return [_api_trouble("api.licence", api, api.complaint)]
    seen = f"The API answers: version {api.version}."
    findings = [Finding("api.licence", Status.PASS, "answers", seen, evidence={"version": api.version})]
    if api.services is None:
        return [*findings, _api_trouble("api.services", None, api.services_complaint)]
    return findings + [_service(name, state) for name, state in api.services.items()]


def _service(name: str, state: str) -> Finding:
    check, evidence = f"api.service@{name}", {"state": state}
    if state == "running":
        return Finding(check, Status.PASS, "running", f"Service {name} is running.", evidence=evidence)
    remedy = "Start it, or waive it with the reason why it does not run here."
    return Finding(check, Status.FAIL, "not-running", f"Service {name} is {state}.", Move.US, remedy, evidence)


def _api_trouble(check: str, seen: ApiObservation | None, complaint: str) -> Finding:
    """No answer or an error page fails; an answer that refuses us or is not understood leaves it unknown."""
    sentence = f"The API gives no usable answer: {complaint}."
    silent = seen is not None and seen.answer not in (Page.ANSWERED, None)
    if silent or (seen is not None and seen.status >= 500):
        return Finding(check, Status.FAIL, "no-answer", sentence, Move.US, _LOOK)
    remedy = "Check the API key (unused keys are suspended, some are bound to addresses) and the product's version."
    return Finding(check, Status.UNKNOWN, "not-understood", sentence, Move.US, remedy)
