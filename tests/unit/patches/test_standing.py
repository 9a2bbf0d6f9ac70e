"""What the ledger's events say of a bundle on a system, and what the system's own files say."""

from __future__ import annotations

from typing import Any

import pytest

from callout.patches.announced import Announced, announced_of
from callout.patches.images import ABSENT, Image, Observed
from callout.patches.read_back import FileStanding, found_unasked, read_back
from callout.patches.standing import Holding, Standing, holdings_of

OLD, NEW, ELSE = (Image("file", digit * 64, "0644") for digit in "abc")
FILES = [
    {"path": "/opt/one", "before": OLD.as_dict(), "after": NEW.as_dict()},
    {"path": "/opt/two", "before": None, "after": NEW.as_dict()},
]


def patched(
    book: Any, bundle: str = "PW-2041", files: list[dict[str, Any]] = FILES, at: str = "2026-03-02T10:00Z"
) -> None:
    book.write("patched", at, bundle=bundle, transaction=f"t-{bundle}", plan_hash="h", files=files, reasons=[])


def held(book: Any, bundle: str = "PW-2041") -> Holding:
    return next(one for one in holdings_of(book.events) if one.bundle == bundle)


def test_in_and_taken_back_with_when_by_whom_and_in_which_callout(book: Any) -> None:
    patched(book)
    book.callout, book.actor = "CO-0002", "tom@desk"
    book.write("rolled_back", "2026-03-03T10:00Z", bundle="PW-2041", automatic=False, undoes="t-PW-2041")
    told = held(book)
    assert [(one.what, one.at[:10], one.actor, one.callout) for one in told.occasions] == [
        (Standing.IN, "2026-03-02", "eva@desk", "CO-0001"),
        (Standing.ROLLED_BACK, "2026-03-03", "tom@desk", "CO-0002"),
    ]
    assert not told.ours


def test_a_failed_attempt_was_never_in(book: Any) -> None:
    why = [{"check": "x", "seen": "The GUI does not answer."}]
    book.write("patch_failed", "2026-03-02T10:00Z", bundle="PW-2041", reasons=why)
    book.write("rolled_back", "2026-03-02T10:01Z", bundle="PW-2041", automatic=True, reasons=why)
    assert held(book).standing is Standing.FAILED
    assert held(book).last.note == "The GUI does not answer."


@pytest.mark.parametrize(("automatic", "standing"), [(True, Standing.TORN), (False, Standing.UNSURE)])
def test_what_stopped_half_way_is_not_called_in(book: Any, automatic: bool, standing: Standing) -> None:
    patched(book)
    book.write("rollback_failed", "2026-03-02T11:00Z", bundle="PW-2041", automatic=automatic, reasons=[])
    assert held(book).standing is standing


def test_after_a_restore_only_a_look_can_tell(book: Any) -> None:
    patched(book)
    patched(book, "PW-9000", [], "2026-03-02T11:00Z")
    book.write("rolled_back", "2026-03-02T12:00Z", bundle="PW-9000", automatic=False)
    book.write("restored", "2026-03-03T10:00Z")
    assert held(book).standing is Standing.UNSURE
    assert held(book, "PW-9000").standing is Standing.ROLLED_BACK
    book.write("patch_inventoried", "2026-03-04T10:00Z", bundles=[{"bundle": "PW-2041", "standing": "in", "note": ""}])
    assert held(book).standing is Standing.IN
    book.write("patch_inventoried", "2026-03-05T10:00Z", bundles=[{"bundle": "PW-2041", "standing": "splendid"}])
    assert held(book).standing is Standing.UNSURE


def look(one: Image = NEW, two: Image = NEW, way: str = "ok") -> dict[str, Observed]:
    return {"/opt/one": Observed("/opt/one", one, way), "/opt/two": Observed("/opt/two", two)}


@pytest.mark.parametrize(
    ("seen", "upgraded", "standing"),
    [
        (look(), False, Standing.IN),
        (look(Image("file", "b" * 64, "0600")), False, Standing.IN),
        (look(OLD, ABSENT), False, Standing.ROLLED_BACK),
        (look(OLD, ABSENT), True, Standing.OVERWRITTEN),
        (look(OLD), False, Standing.TORN),
        (look(ELSE), True, Standing.OVERWRITTEN),
        (look(ELSE), False, Standing.MODIFIED),
        (look(ELSE), None, Standing.MODIFIED),
        (look(Image("unreadable")), False, Standing.UNSURE),
        (look(way="symlink"), False, Standing.UNSURE),
        ({}, False, Standing.UNSURE),
        (look(Image("folder")), False, Standing.MODIFIED),
    ],
)
def test_read_back(book: Any, seen: dict[str, Observed], upgraded: bool | None, standing: Standing) -> None:
    patched(book)
    (told,) = read_back(holdings_of(book.events), seen, {"PW-2041": upgraded})
    assert told.standing is standing


def test_a_later_patch_of_ours_on_the_same_file_is_no_modification(book: Any) -> None:
    patched(book)
    on_top = [{"path": "/opt/one", "before": NEW.as_dict(), "after": ELSE.as_dict()}]
    patched(book, "PW-2050", on_top, "2026-03-03T10:00Z")
    told = {one.bundle: one for one in read_back(holdings_of(book.events), look(ELSE), {})}
    assert told["PW-2041"].standing is Standing.IN
    assert told["PW-2041"].files == (("/opt/one", FileStanding.COVERED),)
    assert told["PW-2050"].standing is Standing.IN
    # Once it is taken back it covers nothing any more.
    book.write("rolled_back", "2026-03-04T10:00Z", bundle="PW-2050", automatic=False)
    (only,) = read_back(holdings_of(book.events), look(ELSE), {"PW-2041": False})
    assert only.standing is Standing.MODIFIED


def announced(book: Any, **values: Any) -> dict[str, Announced]:
    files = [{"path": "/opt/one", "after": NEW.sha256}, {"path": "/opt/gone", "after": ""}]
    body = {
        "bundle": "PW-7", "sha256": "d" * 64, "title": "t", "severity": "low", "bug": "b", "products": ["pbxware"],
        "versions": "any", "files": files, "confirmed_at": "", **values,
    }  # fmt: skip
    book.write("patch_announced", "2026-03-02T10:00Z", **body)
    return announced_of(book.events)


def test_what_lies_there_though_nobody_here_put_it_in(book: Any) -> None:
    known = list(announced(book).values())
    gone = {"/opt/gone": Observed("/opt/gone", ABSENT)}
    (found,) = found_unasked(known, [], {**look(), **gone})
    assert (found.bundle, found.standing) == ("PW-7", Standing.IN)
    assert found_unasked(known, [], {**look(OLD), **gone}) == []
    assert found_unasked(known, [], look()) == []
    assert found_unasked(list(announced(book, files=[{"path": "/opt/gone", "after": ""}]).values()), [], gone) == []


def test_a_symlink_lies_there_by_what_it_says(book: Any) -> None:
    link = Image("symlink", "e" * 64)
    known = list(announced(book, files=[{"path": "/opt/link", "after": f"link:{link.sha256}"}]).values())
    assert found_unasked(known, [], {"/opt/link": Observed("/opt/link", link)})
    for other in (Image("symlink", "f" * 64), Image("file", link.sha256, "0644"), Image("symlink"), ABSENT):
        assert found_unasked(known, [], {"/opt/link": Observed("/opt/link", other)}) == []


def test_a_later_announcement_keeps_when_the_bug_was_confirmed(book: Any) -> None:
    announced(book, confirmed_at="2026-03-01T10:00:00.000000Z")
    told = announced(book, title="another")["PW-7"]
    assert told.title == "another"
    assert told.confirmed_at is not None


def test_the_body_of_a_look_is_bounded(book: Any) -> None:
    files = [{"path": f"/opt/{number}", "before": None, "after": NEW.as_dict()} for number in range(500)]
    patched(book, files=files)
    seen = {file["path"]: Observed(file["path"], ELSE) for file in files}
    (told,) = read_back(holdings_of(book.events), seen, {"PW-2041": True})
    assert told.as_dict()["more_files"] == 450
