"""The agenda of all open cases: asked of the board, after the board was told what the ledger has more.

The board is a projection of the ledger (`callout.steps.board_file`) and never an authority. It is brought up to date by
the cases that newer events touch; made anew where the ledger is another one, was cut off or restored, where hours, zone
data or warnings changed, and where the file is not whole. Where it cannot be written the same is done in memory.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from access_check.escaping import shown
from callout.desk.board_agenda import Agenda, Question
from callout.errors import BadInput
from callout.ledger.rows import EMPTY
from callout.steps.board_basis import current_basis, percents_of, policy_of
from callout.steps.board_events import Newer, newer_than
from callout.steps.board_file import BoardFile, new_board, open_board, put_in_place
from callout.steps.board_known import Basis, Known
from callout.steps.board_lock import board_lock

if TYPE_CHECKING:
    import datetime as dt

    from callout.inventory.reading import Inventory
    from callout.places import Places
    from callout.steps.context import Context

# Making a board of a hundred thousand cases takes a minute; who waits for longer waits for something else.
LONGEST_WAIT_S = 300.0
_LONGEST_SAID = 300


@dataclass(slots=True)
class Surroundings:
    """What the board is made from: the ledger and clock of `context`, the inventory and its files.

    `read` gives the inventory and is only asked where its files are not as they were. `now_ns` is the time since 1970
    of the clock that stamps files. `notes` collects sentences for the person.
    """

    context: Context
    read: Callable[[], Inventory]
    environment: Mapping[str, str]
    now_ns: Callable[[], int] = time.time_ns
    longest_wait_s: float = LONGEST_WAIT_S
    notes: list[str] = field(default_factory=list)

    @property
    def places(self) -> Places:
        """Where the board is kept."""
        return self.context.places


def agenda(around: Surroundings, question: Question, *, by_clock: bool = False) -> Agenda:
    """The deadlines that are asked for, as they stand now. Writes nothing to the ledger.

    `by_clock` counts them by customer and clock, too. Raises BadInput for a customer that is neither in the inventory
    nor on the board, Locked (9) where another process makes the board for minutes, and whatever reading the ledger and
    the inventory raise.
    """
    now = around.context.now()
    try:
        with closing(_current(around, now)) as board, board.as_one_look():
            return _asked(board, question, now, around.notes, by_clock=by_clock)
    except sqlite3.DatabaseError as error:
        # Found only now, deep in the file.
        with closing(_made_anew(around, now, error)) as board, board.as_one_look():
            return _asked(board, question, now, around.notes, by_clock=by_clock)


def _asked(board: BoardFile, question: Question, now: dt.datetime, notes: Sequence[str], *, by_clock: bool) -> Agenda:
    zones = board.known().basis.customers
    if question.customer and question.customer not in zones and not board.cases(question.customer):
        raise BadInput(
            f"There is no customer {question.customer!r:.60}, in the inventory or on the board.",
            "callout case due without --customer shows whose cases there are.",
        )
    second = int(now.timestamp())
    rows = board.rows(question, second)
    (tally,) = board.tallies(question, second, by_clock=False)
    parts = board.tallies(question, second, by_clock=True) if by_clock else []
    return Agenda(now, question, rows, tally, parts, board.cases(question.customer), zones, tuple(notes))


def _current(around: Surroundings, now: dt.datetime) -> BoardFile:
    """The board, up to date and open: read without waiting for anybody where nothing has to be written."""
    board, known = _opened(around)
    with ExitStack() as unless_given_back:
        if board is not None:
            unless_given_back.callback(board.close)
        basis = _basis(around, known, now)
        if board is not None and known is not None and known.basis == basis:
            newer = _newer(around, known)
            if newer is not None and newer.is_empty:
                unless_given_back.pop_all()
                return board
    try:
        with board_lock(around.places.board_lock, around.longest_wait_s):
            return _written(around, basis)
    except (OSError, sqlite3.OperationalError) as error:
        _not_written(around, error)
        return _in_memory(around, basis)


def _made_anew(around: Surroundings, now: dt.datetime, error: sqlite3.DatabaseError) -> BoardFile:
    _not_whole(around, error)
    basis = _basis(around, None, now)
    try:
        with board_lock(around.places.board_lock, around.longest_wait_s):
            return _anew(around, basis)
    except (OSError, sqlite3.Error) as why:
        _not_written(around, why)
        return _everything_in_memory(around, basis)


def _written(around: Surroundings, basis: Basis) -> BoardFile:
    """The board after it was brought up to date, or made anew; the lock is held."""
    board, known = _opened(around, quiet=True)
    if board is None or known is None:
        return _anew(around, basis)
    newer = _newer(around, known) if known.basis.gives_the_same_as(basis) else None
    if newer is None:
        board.close()
        return _anew(around, basis)
    try:
        if known.basis != basis or not newer.is_empty:
            board.in_one_transaction(lambda open_board: _bring(around, open_board, newer, basis))
    except BaseException as error:
        board.close()
        # Somebody may have deleted it at this moment, which SQLite calls a file that cannot be written.
        if not isinstance(error, sqlite3.OperationalError) or around.places.board.exists():
            raise
        return _anew(around, basis)
    return board


def _in_memory(around: Surroundings, basis: Basis) -> BoardFile:
    board, known = _opened(around, quiet=True)
    newer = _newer(around, known) if known is not None and known.basis.gives_the_same_as(basis) else None
    if board is None:
        return _everything_in_memory(around, basis)
    with closing(board) as file:
        copied = file.copy_in_memory() if newer is not None else None
    if copied is None or newer is None:
        return _everything_in_memory(around, basis)
    _bring(around, copied, newer, basis)
    return copied


def _everything_in_memory(around: Surroundings, basis: Basis) -> BoardFile:
    board = new_board(percents_of(basis))
    _bring(around, board, _everything(around), basis)
    return board


def _anew(around: Surroundings, basis: Basis) -> BoardFile:
    """A board of all that the ledger has, in place of whatever lies there; the lock is held."""
    path = around.places.board
    draft = path.with_name(f"{path.name}.new")
    # What a killed one has left; nobody else writes one while we have the lock.
    draft.unlink(missing_ok=True)
    board = new_board(percents_of(basis), draft)
    try:
        board.in_one_transaction(lambda empty: _bring(around, empty, _everything(around), basis))
        put_in_place(draft, path)
    except BaseException:
        board.close()
        draft.unlink(missing_ok=True)
        raise
    # Still open, under its new name: somebody may delete it at this moment.
    return board


def _bring(around: Surroundings, board: BoardFile, newer: Newer, basis: Basis) -> None:
    """Tells the board what is newer."""
    percents = percents_of(basis)
    board.keep_beside((number, event) for event, number in newer.beside.items())
    touched = newer.touched | set(board.cases_with("critical_patch") if newer.announced else ())
    if touched:
        # What makes rows of events is heavy to import, and not needed where there is nothing new.
        from callout.steps.board_cases import CaseRows

        desk = CaseRows(around.context.ledger, policy_of(basis), percents, this_year=basis.year)
        board.put(desk.of(sorted(touched), board.beside), percents)
    board.say(Known(newer.seq, newer.hash, basis, percents))


def _opened(around: Surroundings, *, quiet: bool = False) -> tuple[BoardFile | None, Known | None]:
    """The board and what it knows; nothing where there is none, or none that can be used, which is said."""
    board = None
    try:
        board = open_board(around.places.board)
        if board is not None:
            return board, board.known()
    except sqlite3.Error as error:
        if board is not None:
            board.close()
        if not quiet:
            _not_whole(around, error)
    return None, None


def _basis(around: Surroundings, known: Known | None, now: dt.datetime) -> Basis:
    return current_basis(
        around.places,
        around.environment,
        around.read,
        known.basis if known is not None else None,
        now=now,
        now_ns=around.now_ns,
    )


def _newer(around: Surroundings, known: Known) -> Newer | None:
    return newer_than(around.context.ledger, known.seq, known.hash)


def _everything(around: Surroundings) -> Newer:
    found = newer_than(around.context.ledger, *EMPTY)
    assert found is not None  # nothing is before the first event
    return found


def _not_whole(around: Surroundings, error: sqlite3.Error) -> None:
    around.notes.append(f"{around.places.board} cannot be used ({_said(error)}): it was made anew from the ledger.")


def _not_written(around: Surroundings, error: Exception) -> None:
    around.notes.append(
        f"{around.places.board} cannot be written ({_said(error)}): the agenda was worked out in memory."
    )


def _said(error: Exception) -> str:
    return shown(getattr(error, "strerror", None) or str(error), _LONGEST_SAID).rstrip(".")
