"""Pure: what PostgreSQL says, in one sentence with a remedy, and whether anything was recorded."""

from __future__ import annotations

from callout.errors import BadInput, CalloutError, Locked
from callout.ledger.rows import LedgerDamaged
from callout.programs import printable

_NOTHING = "nothing was recorded"
_RIGHTS = "docs/howto/team-ledger.md says which rights a colleague needs, and who brings a new version in."
_ASK = "Ask whoever keeps the database."
# By SQLSTATE, the longest that fits first: what it means to us, and the remedy.
_BY_STATE: tuple[tuple[str, type[CalloutError], str, str], ...] = (
    ("55P03", Locked, "somebody has held the ledger for a minute", "Find who: SELECT * FROM pg_stat_activity."),
    ("25P03", CalloutError, f"we held the ledger for too long and were put out; {_NOTHING}", "Run the same again."),
    ("25006", CalloutError, f"it takes no writing now (a standby?); {_NOTHING}", "Name the primary server."),
    ("53100", CalloutError, f"the disk over there is full, {_NOTHING}", "Make room there, then run the same again."),
    ("53300", CalloutError, f"it has no connection left for us; {_NOTHING}", "Run the same again a little later."),
    ("42501", CalloutError, f"this user lacks a right there; {_NOTHING}", _RIGHTS),
    ("42P01", CalloutError, "its tables are gone", _ASK),
    ("XX001", LedgerDamaged, "it is damaged", "Keep a copy of the server's files; restore the last good backup."),
    ("XX002", LedgerDamaged, "an index of it is damaged", "Keep a copy of the server's files; then REINDEX there."),
    ("28", BadInput, "it does not let this user in", "Look at user, password (PGPASSFILE) and pg_hba.conf."),
    ("3D000", BadInput, "there is no such database", "Make it there (createdb), or mend CALLOUT_LEDGER."),
)
# libpq gives no state for what a server says before anybody is let in, only its words.
_BY_WORDS: tuple[tuple[str, str], ...] = (
    ("password authentication failed", "28P01"),
    ("no password supplied", "28P01"),
    ("authentication failed", "28000"),
    ("no pg_hba.conf entry", "28000"),
    ("too many clients", "53300"),
    ("remaining connection slots", "53300"),
)


def explained(state: str | None, said: str, shown: str, secret: str = "") -> CalloutError:
    """The error for a SQLSTATE (None: the server gave none) and the server's words; `secret` is shown nowhere."""
    words = _words(said, secret)
    if meaning := _meaning(state, said):
        kind, sentence, remedy = meaning
        return kind(f"{shown}: {sentence} ({words}).", remedy)
    return CalloutError(f"{shown}: {words}.", "Look at the server and its log, then run the same again.")


def unreachable(said: str, shown: str, secret: str = "") -> CalloutError:
    """The error where nobody lets us in, by libpq's words: the server's reason, or that there is none."""
    if _meaning(None, said):
        return explained(None, said, shown, secret)
    remedy = f"{_NOTHING.capitalize()}. Look whether it runs there and this machine reaches it; see CALLOUT_LEDGER."
    return CalloutError(f"{shown}: no server answers: {_words(said, secret)}.", remedy)


def _meaning(state: str | None, said: str) -> tuple[type[CalloutError], str, str] | None:
    if state is None:
        state = next((known for text, known in _BY_WORDS if text in said), "")
        if "database" in said and "does not exist" in said:
            state = "3D000"
    for start, kind, sentence, remedy in _BY_STATE:
        if state.startswith(start):
            return kind, sentence, remedy
    return None


def _words(said: str, secret: str) -> str:
    """The first line that says something, at most 200 characters, without the secret."""
    if secret:
        said = said.replace(secret, "…")
    lines = [line for line in map(printable, said.splitlines()) if line]
    first = next((line for line in lines if "failed" in line or "FATAL" in line or "error" in line), "")
    return (first or (lines[0] if lines else "no reason given"))[:200].rstrip(" .")
