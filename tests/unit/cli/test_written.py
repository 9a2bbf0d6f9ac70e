"""A page is for one person, and appears whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from callout.cli.written import write_private
from callout.errors import CalloutError


def test_nobody_can_prepare_where_a_page_is_written(tmp_path: Path) -> None:
    """In a folder that others write to, a link under the draft's name would lead us elsewhere."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("precious")
    for guessed in (".bill.html.partial", ".bill.html.new"):
        (tmp_path / guessed).symlink_to(elsewhere)
    page = tmp_path / "bill.html"
    write_private(page, "the bill")
    assert elsewhere.read_text() == "precious"
    assert page.read_text() == "the bill"
    assert page.stat().st_mode & 0o777 == 0o600


def test_a_page_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(CalloutError, match="cannot be written"):
        write_private(tmp_path / "taken", "text")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]
