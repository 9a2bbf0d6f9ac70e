"""Logs in once. A second wrong password may get our address banned for half an hour: there is none, ever."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import paramiko
from paramiko.auth_handler import AuthHandler
from paramiko.pkey import UnknownKeyType
from paramiko.ssh_exception import PartialAuthentication
from pydantic import SecretStr

from access_check.escaping import shown
from access_check.observations import Login, LoginObservation
from access_check.probes.deadline import Deadline
from access_check.probes.guard import GuardSocket, Trip

_GRACE_S = 0.5
_MAXIMUM_METHODS = 12
_INTERACTIVE = "keyboard-interactive"


@dataclass(frozen=True, slots=True)
class Credentials:
    """Whom to log in as, and with what: a key first, then the password once.

    `before_secrets` is called before the first of them goes out; what it raises keeps them in.
    """

    user: str
    password: SecretStr | None
    private_key: Path | None
    before_secrets: Callable[[], None] = lambda: None


def log_in(
    transport: paramiko.Transport, guard: GuardSocket, credentials: Credentials, deadline: Deadline
) -> LoginObservation:
    """How one login ended: the key first where one is on file, then the password, once.

    The host key must have been judged before. A password goes out by exactly one method; the server is asked
    beforehand which ones it has, as every ssh client does.
    """
    if credentials.password is None and credentials.private_key is None:
        return LoginObservation(Login.NO_CREDENTIALS)
    handler = _PatientHandler(transport)
    transport.auth_handler = handler
    door = _Door(transport, guard, handler, credentials.user, deadline)
    ended = door.knock(lambda event: handler.auth_none(credentials.user, event))
    seen = LoginObservation(ended.login, "none", ended.offered, detail=ended.detail)
    if ended.login is not Login.NO_COMMON_METHOD:
        return seen
    credentials.before_secrets()
    seen = replace(seen, method="", detail="")
    if credentials.private_key is not None and "publickey" in seen.offered:
        seen = door.with_key(credentials.private_key, seen)
        if seen.login not in (Login.REFUSED, Login.KEY_UNUSABLE):
            return seen
    if credentials.password is None:
        return seen
    return door.with_password(credentials.password.get_secret_value(), seen)


@dataclass(frozen=True, slots=True)
class _Ended:
    """How one request for a login ended; `offered` only where the server said what else it takes."""

    login: Login
    detail: str = ""
    offered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Door:
    """A connection in front of which one may knock with several credentials, one after the other."""

    transport: paramiko.Transport
    guard: GuardSocket
    handler: AuthHandler
    user: str
    deadline: Deadline

    def with_key(self, private_key: Path, seen: LoginObservation) -> LoginObservation:
        """What the private key came to; nothing is sent for one that cannot be used."""
        try:
            key = paramiko.PKey.from_path(private_key.expanduser())
        except (OSError, ValueError, TypeError, paramiko.SSHException, UnknownKeyType) as error:
            why = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
            return replace(seen, login=Login.KEY_UNUSABLE, method="key", detail=f"{private_key}: {why}")
        ended = self.knock(lambda event: self.handler.auth_publickey(self.user, key, event))
        login = _refused(ended.login)
        return replace(seen, login=login, method="key", key_refused=login is Login.REFUSED, detail=ended.detail)

    def with_password(self, secret: str, seen: LoginObservation) -> LoginObservation:
        """What the password came to, by the one method of the two that the server has."""
        if "password" in seen.offered:
            ended = self.knock(lambda event: self.handler.auth_password(self.user, secret, event))
        elif _INTERACTIVE in seen.offered:
            answer = _OneAnswer(secret)
            ended = self.knock(lambda event: self.handler.auth_interactive(self.user, answer, event))
            if answer.asked_for_more:
                ended = _Ended(Login.REFUSED, "the server asks for more than one password")
        else:
            return seen
        return replace(seen, login=_refused(ended.login), method="password", password_attempts=1, detail=ended.detail)

    def knock(self, begin: Callable[[threading.Event], object]) -> _Ended:
        """Begins one request and waits for its end, which the guard brings about at the deadline at the latest."""
        answered = threading.Event()
        error: BaseException | None
        try:
            begin(answered)
            answered.wait(self.deadline.left_s + _GRACE_S)
            error = self.transport.get_exception()
        except (paramiko.SSHException, OSError, EOFError) as raised:
            error = raised  # the line broke while we were sending, or the key has no signature that they take
        if self.transport.is_authenticated():
            return _Ended(Login.ACCEPTED)
        detail = shown(str(error)) if error is not None else ""
        if isinstance(error, PartialAuthentication):
            also = _methods(error.allowed_types)
            return _Ended(Login.REFUSED, f"the server also wants {', '.join(also)}", also)
        if isinstance(error, paramiko.BadAuthenticationType):
            return _Ended(Login.NO_COMMON_METHOD, detail, _methods(error.allowed_types))
        if self.guard.trip is Trip.DEADLINE or not answered.is_set():
            return _Ended(Login.TIMEOUT, detail)
        return _Ended(Login.REFUSED if self.transport.is_active() else Login.CLOSED, detail)


class _PatientHandler(AuthHandler):
    """Asks for the login service once. Paramiko asks again for every method, and strict servers hang up on it."""

    _accepted = False

    def _request_auth(self) -> None:
        if not self._accepted:
            super()._request_auth()  # type: ignore[misc]  # the stubs leave out what has no public name
            return
        accepted = paramiko.Message()
        accepted.add_string("ssh-userauth")
        accepted.rewind()
        self._parse_service_accept(accepted)

    def _parse_service_accept(self, m: Any) -> None:
        self._accepted = True
        super()._parse_service_accept(m)  # type: ignore[misc]


class _OneAnswer:
    """Answers the first hidden question with the password, and nothing after it."""

    def __init__(self, secret: str) -> None:
        self._secret: str | None = secret
        self.asked_for_more = False

    def __call__(self, title: str, instructions: str, prompts: Sequence[tuple[str, bool]]) -> list[str]:
        if not prompts:
            return []
        if self._secret is None or len(prompts) != 1 or prompts[0][1]:
            self.asked_for_more = True
            raise paramiko.SSHException("more was asked than one password")
        answer, self._secret = self._secret, None
        return [answer]


def _refused(login: Login) -> Login:
    """A method that was offered and then is not is a refusal like any other."""
    return Login.REFUSED if login is Login.NO_COMMON_METHOD else login


def _methods(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(shown(name, 64) for name in names[:_MAXIMUM_METHODS] if name)
