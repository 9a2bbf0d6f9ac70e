"""Logs in once. A second wrong password may get our address banned for half an hour: there is none, ever."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import paramiko
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from paramiko.auth_handler import AuthHandler
from paramiko.pkey import UnknownKeyType
from paramiko.ssh_exception import PartialAuthentication
from pydantic import SecretStr

from access_check.escaping import shown
from access_check.observations import Login, LoginObservation
from access_check.probes.deadline import Deadline
from access_check.probes.guard import GuardSocket, Trip
from access_check.probes.user_certificate import find_certificate
from access_check.ssh_certificates import MAXIMUM_BYTES, CertificateTried, ReadCertificate, UserCertificate
from access_check.targets import Target

_GRACE_S = 0.5
_MAXIMUM_METHODS = 12
_INTERACTIVE = "keyboard-interactive"


@dataclass(frozen=True, slots=True)
class Credentials:
    """Whom to log in as, and with what: the certificate first, then the key, then the password once.

    `before_secrets` is called before the first of them goes out; what it raises keeps them in.
    `certificate_seen` is what is to be told of the certificate, also where it cannot be used.
    """

    user: str
    password: SecretStr | None
    private_key: Path | None
    before_secrets: Callable[[], None] = lambda: None
    certificate: ReadCertificate | None = None
    certificate_seen: UserCertificate | None = None


def credentials_of(target: Target, before_secrets: Callable[[], None] = lambda: None) -> Credentials:
    """All that the inventory gives to log in with, and the certificate from where ssh would take it."""
    seen, certificate = find_certificate(target.private_key, target.certificate_file)
    return Credentials(target.user, target.password, target.private_key, before_secrets, certificate, seen)


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
        seen = door.with_key(credentials.private_key, credentials.certificate, seen)
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

    def with_key(
        self, private_key: Path, certificate: ReadCertificate | None, seen: LoginObservation
    ) -> LoginObservation:
        """What the certificate and then the key came to; nothing is sent for a key that cannot be used."""
        try:
            key = own_key(private_key)
        except (OSError, ValueError, TypeError, paramiko.SSHException, UnknownKeyType) as error:
            why = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
            return replace(seen, login=Login.KEY_UNUSABLE, method="key", detail=f"{private_key}: {why}")
        if certificate is not None:
            seen = self._with_certificate(key, certificate, seen)
            if seen.certificate is not CertificateTried.OTHER_KEY and seen.login is not Login.REFUSED:
                return seen
            key.public_blob = None
        ended = self.knock(lambda event: self.handler.auth_publickey(self.user, key, event))
        login = _refused(ended.login)
        return replace(seen, login=login, method="key", key_refused=login is Login.REFUSED, detail=ended.detail)

    def _with_certificate(
        self, key: paramiko.PKey, certificate: ReadCertificate, seen: LoginObservation
    ) -> LoginObservation:
        if certificate.plain_blob != key.asbytes():
            return replace(seen, certificate=CertificateTried.OTHER_KEY)
        key.load_certificate(paramiko.Message(certificate.blob))
        ended = self.knock(lambda event: self.handler.auth_publickey(self.user, key, event))
        login = _refused(ended.login)
        tried = {Login.ACCEPTED: CertificateTried.ACCEPTED, Login.REFUSED: CertificateTried.REFUSED}
        became = tried.get(login, CertificateTried.NOT_TRIED)
        return replace(seen, login=login, method="certificate", detail=ended.detail, certificate=became)

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


def own_key(path: Path) -> paramiko.PKey:
    """The private key in a file, without the certificate that Paramiko's own reader takes from beside it.

    Raises ValueError, TypeError (a passphrase), SSHException or UnknownKeyType for a file that holds no key it can
    use, OSError for one that cannot be read.
    """
    with path.expanduser().open("rb") as file:
        return copy(_parsed(file.read(MAXIMUM_BYTES)))


@lru_cache(maxsize=32)
def _parsed(data: bytes) -> paramiko.PKey:
    """One key opens hundreds of systems. Whoever adds a certificate to it copies it first."""
    try:
        loaded: object = serialization.load_ssh_private_key(data, None)
    except ValueError:
        loaded = serialization.load_pem_private_key(data, None)
    # Not by Paramiko's own parser where it can be helped: it loses some keys without a comment.
    if isinstance(loaded, EllipticCurvePrivateKey):
        return paramiko.ECDSAKey(vals=(loaded, loaded.public_key()))
    if isinstance(loaded, RSAPrivateKey):
        return paramiko.RSAKey(key=loaded)
    if isinstance(loaded, Ed25519PrivateKey):
        return paramiko.Ed25519Key(file_obj=io.StringIO(data.decode()))
    raise UnknownKeyType(key_bytes=b"", key_type=type(loaded).__name__)


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
