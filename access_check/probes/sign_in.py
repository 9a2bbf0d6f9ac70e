"""Signs in at one form, once, and signs out again. Success counts only where its signs are seen.

The password is sent to the page's own host, behind a certificate that may have secrets (or in clear where the
profile says so), in one POST that is never repeated. Nothing that the server says after it is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from http.client import HTTPMessage
from http.cookiejar import CookieJar
from typing import Any, cast

from access_check.html_forms import FoundForm, find_form, path_on_same_host
from access_check.probes.http_connection import WebAnswer, WebConnection
from access_check.profile import WebPage
from access_check.sign_in_form import SignInForm, Signs, Success
from access_check.targets import Target
from access_check.web_observation import Page, SignIn, SignInObservation

_WIZARD_USER = "root"
_REFUSALS = (401, 403)


@dataclass(frozen=True, slots=True, repr=False)
class Login:
    """User and password for one form; empty where nothing is on file."""

    user: str = ""
    password: str = ""


def login_for(target: Target, page_name: str) -> Login:
    """What is on file for a page. Published procedure: the wizard takes root's password, that of SSH where it has
    none of its own."""
    if page_name == "wizard":
        own = target.wizard.password.get_secret_value() if target.wizard else ""
        ssh = target.password.get_secret_value() if target.password else ""
        return Login(_WIZARD_USER, own or ssh)
    return Login(target.gui.user, target.gui.password.get_secret_value()) if target.gui else Login()


def sign_in(connection: WebConnection, page: WebPage, login: Login, seen: WebAnswer) -> SignInObservation:
    """How one sign-in at `page` ended. `seen` is the page's answer on the same connection, body included.

    At most five requests: form, sign-in, the page behind it, sign-out, and that page once more.
    """
    form = page.sign_in
    assert form is not None
    user = form.user or login.user
    if not user or not login.password:
        return SignInObservation(SignIn.NO_CREDENTIALS)
    in_clear = page.scheme == "http"
    if in_clear and not form.in_clear:
        return SignInObservation(SignIn.IN_CLEAR)
    if not in_clear and not connection.may_have_secrets:
        return SignInObservation(SignIn.CERTIFICATE, detail=str(connection.certificate))
    visit = _Visit(connection)
    path = form.form_path or page.path
    visit.keep_cookies(page.path, seen)
    before = seen if path == page.path else visit.ask(path)
    found = _form(before, form)
    if isinstance(found, SignInObservation):
        return found
    here = connection.url(path)
    action = path_on_same_host(found.action or here, here)
    if action is None:
        return SignInObservation(SignIn.ELSEWHERE, detail="the form leads to another host")
    fields = {**found.hidden, **form.fields, form.user_field: user, form.password_field: login.password}
    return replace(_attempt(visit, form, action, fields), in_clear=in_clear)


def _form(before: WebAnswer, form: SignInForm) -> FoundForm | SignInObservation:
    if before.page is not Page.ANSWERED:
        return SignInObservation(SignIn.NO_ANSWER, detail=str(before.page))
    if before.status != 200:
        return SignInObservation(SignIn.NO_FORM, status=before.status, detail=f"the page has status {before.status}")
    if form.success.text and form.success.text in before.text:
        return SignInObservation(SignIn.NO_FORM, status=200, detail="the sign of success is there beforehand")
    found = find_form(before.text, form)
    return SignInObservation(SignIn.NO_FORM, status=200, detail=found) if isinstance(found, str) else found


def _attempt(visit: _Visit, form: SignInForm, action: str, fields: dict[str, str]) -> SignInObservation:
    """The one POST, what it came to, and the way out."""
    if visit.connection.open() is not None:
        return SignInObservation(SignIn.NO_ANSWER, detail="the next connection did not come about")
    cookies = {cookie.name: cookie.value for cookie in visit.jar}
    answer = visit.ask(action, fields)
    if answer.page is not Page.ANSWERED:
        return SignInObservation(SignIn.NO_ANSWER, attempts=1, detail=str(answer.page))
    seen = SignInObservation(SignIn.NOT_UNDERSTOOD, attempts=1, status=answer.status)
    here = visit.connection.url(action)
    fits = _has(answer, form.success, here) and _is_new(form.success.cookie, visit, cookies)
    if fits and _is_in(visit, form.success, answer):
        seen = replace(seen, sign_in=SignIn.SIGNED_IN)
    elif not fits and _is_refusal(answer, form, here):
        return replace(seen, sign_in=SignIn.REFUSED)
    elif answer.header("Location") and path_on_same_host(answer.header("Location"), here) is None:
        seen = replace(seen, detail="the answer leads to another host")
    return replace(seen, signed_out=_sign_out(visit, form))


def _has(answer: WebAnswer, signs: Signs, here: str) -> bool:
    """Whether the answer has all the signs, but for a text that stands on a page of its own, and cookies."""
    text = signs.text if getattr(signs, "page", None) is None else ""
    return (
        signs.status in (None, answer.status)
        and (signs.location is None or path_on_same_host(answer.header("Location") or "//", here) == signs.location)
        and text in answer.text
    )


def _is_new(cookie: str, visit: _Visit, before: dict[str, str | None]) -> bool:
    """Whether the cookie came, or got another value, with the answer."""
    now = {each.name: each.value for each in visit.jar}
    return not cookie or (bool(now.get(cookie)) and now.get(cookie) != before.get(cookie))


def _is_in(visit: _Visit, success: Success, answer: WebAnswer) -> bool:
    if success.page is None:
        return answer.status < 400
    behind = visit.ask(success.page)
    return behind.page is Page.ANSWERED and behind.status == 200 and success.text in behind.text


def _is_refusal(answer: WebAnswer, form: SignInForm, here: str) -> bool:
    if form.refused is not None:
        return _has(answer, form.refused, here)
    return answer.status in _REFUSALS or (answer.status == 200 and not isinstance(find_form(answer.text, form), str))


def _sign_out(visit: _Visit, form: SignInForm) -> bool | None:
    """Whether the session ended; None where no page tells."""
    if form.log_out_path is None:
        return None
    if visit.ask(form.log_out_path).page is not Page.ANSWERED:
        return False
    if form.success.page is None:
        return None
    after = visit.ask(form.success.page)
    return form.success.text not in after.text if after.page is Page.ANSWERED else None


class _Visit:
    """A connection with the cookies of one visit, which end with it."""

    def __init__(self, connection: WebConnection) -> None:
        self.connection = connection
        self.jar = CookieJar()

    def ask(self, path: str, form: dict[str, str] | None = None) -> WebAnswer:
        request = self.connection.cookie_request(path)
        self.jar.add_cookie_header(request)
        answer = self.connection.ask(path, form, cookies=request.get_header("Cookie") or "")
        self.keep_cookies(path, answer)
        return answer

    def keep_cookies(self, path: str, answer: WebAnswer) -> None:
        if answer.headers is not None:
            self.jar.extract_cookies(cast(Any, _Headers(answer.headers)), self.connection.cookie_request(path))


@dataclass(frozen=True, slots=True)
class _Headers:
    """What http.cookiejar reads of an answer."""

    headers: HTTPMessage

    def info(self) -> HTTPMessage:
        return self.headers
