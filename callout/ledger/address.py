"""Pure: where a ledger is, from `CALLOUT_LEDGER`. A password in it goes to the database and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from callout.errors import BadInput

_SCHEMES = ("postgresql+psycopg", "postgresql")
# What may stand behind the `?`; the names are libpq's. Nothing that would change how the ledger is written.
_OPTIONS = frozenset(
    {
        "channel_binding",
        "connect_timeout",
        "gssencmode",
        "host",
        "passfile",
        "port",
        "require_auth",
        "service",
        "sslcert",
        "sslcrl",
        "sslkey",
        "sslmode",
        "sslrootcert",
        "target_session_attrs",
        "user",
    }
)


@dataclass(frozen=True, slots=True)
class PostgresAddress:
    """`parameters` are libpq's, without the password; `shown` is what people may read."""

    parameters: dict[str, str]
    shown: str
    password: str = field(default="", repr=False)


def is_postgres(url: str) -> bool:
    """Whether the ledger is in PostgreSQL."""
    return url.partition("://")[0] in _SCHEMES


def sqlite_path(url: str) -> Path:
    """The file of a `sqlite:///PATH` URL or a plain path. Raises BadInput for every other scheme."""
    scheme, separator, rest = url.partition("://")
    if not separator:
        return Path(url)
    if scheme != "sqlite":
        raise BadInput(
            f"CALLOUT_LEDGER: {scheme}:// is no ledger that callout can open.",
            "Use sqlite:///PATH or postgresql+psycopg://user@host/database.",
        )
    # As everywhere: three slashes and a relative path, four for an absolute one.
    return Path(rest.removeprefix("/"))


def postgres_address(url: str) -> PostgresAddress:
    """The parts of `postgresql+psycopg://[user[:password]@][host[:port]]/[database][?option=value]`.

    Raises BadInput for what cannot be understood, without repeating the URL: there may be a password in it.
    """
    remedy = "Write it like postgresql+psycopg://user@host/database; see docs/howto/team-ledger.md."
    try:
        parts = urlsplit(url)
        found = {
            "host": unquote(parts.hostname or ""),
            "port": str(parts.port or ""),
            "user": unquote(parts.username or ""),
            "dbname": unquote(parts.path.removeprefix("/")),
        }
        options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    except ValueError:
        raise BadInput("CALLOUT_LEDGER is no address of a database.", remedy) from None
    if parts.fragment or "/" in found["dbname"]:
        raise BadInput("CALLOUT_LEDGER is no address of a database: too much stands behind the host.", remedy)
    if foreign := sorted(set(options) - _OPTIONS):
        known = ", ".join(sorted(_OPTIONS))
        raise BadInput(f"CALLOUT_LEDGER: {foreign[0]!r} is no option of the ledger.", f"There are: {known}.")
    parameters = {name: value for name, value in {**found, **options}.items() if value}
    if any("\0" in value for value in parameters.values()):
        raise BadInput("CALLOUT_LEDGER is no address of a database.", remedy)
    return PostgresAddress(parameters, _shown(parameters), unquote(parts.password or ""))


def shown_address(url: str) -> str:
    """The address as it may be shown and stored: without any password."""
    return postgres_address(url).shown if is_postgres(url) else url


def _shown(parameters: dict[str, str]) -> str:
    user = f"{parameters['user']}@" if "user" in parameters else ""
    port = f":{parameters['port']}" if "port" in parameters else ""
    where = parameters.get("host", "")
    where = where or (f"service {parameters['service']}" if "service" in parameters else "")
    return f"postgresql://{user}{where}{port}/{parameters.get('dbname', '')}"
