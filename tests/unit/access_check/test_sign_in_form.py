"""How one signs in, as a site writes it: what is not positive or misspelt is refused with file and key."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from access_check.errors import InventoryError
from access_check.inventory_source import RawSystem
from access_check.targets import Target, target_from_variables

FORM: dict[str, Any] = {"user_field": "u", "password_field": "p", "success": {"text": "Welcome"}}
FILE = "inventory/host_vars/acme-pbx1.yml"


def target(**page: Any) -> Target:
    """The Target of a system whose inventory says this of its GUI."""
    own = {"product": "pbxware", "access": {"web": {"gui": page}}}
    raw = RawSystem("acme-pbx1", (), {"callout_system": own}, {"callout_system.access": f"{FILE}:7"}, {})
    return target_from_variables(raw, Path("known_hosts"))


def test_a_form_is_laid_over_the_shipped_page() -> None:
    gui = target(sign_in=FORM).profile.web["gui"]
    assert gui.self_signed_tolerated
    assert gui.sign_in is not None
    assert (gui.sign_in.success.text, gui.sign_in.in_clear, gui.sign_in.refused) == ("Welcome", False, None)


@pytest.mark.parametrize(
    ("page", "key", "said"),
    [
        ({"sign_in": {**FORM, "success": {"status": 200}}}, "sign_in.success", "only a signed-in page has"),
        ({"sign_in": {**FORM, "success": {}}}, "sign_in.success", "only a signed-in page has"),
        ({"sign_in": {**FORM, "success": {"cookie": "x", "page": "/"}}}, "sign_in.success", "page needs a text"),
        ({"sign_in": {**FORM, "success": {"location": "https://evil.example/"}}}, "sign_in.success.location", "match"),
        ({"sign_in": {**FORM, "form_path": "login"}}, "sign_in.form_path", "match"),
        ({"sign_in": {**FORM, "log_out_path": "/a b"}}, "sign_in.log_out_path", "match"),
        ({"sign_in": {**FORM, "password_feld": "x"}}, "sign_in.password_feld", "no such key"),
        ({"sign_in": {"success": {"text": "x"}}}, "sign_in.user_field", "required"),
        ({"certificate_sha256": "AB:CD"}, "certificate_sha256", "match"),
    ],
)
def test_bad_input_names_file_and_key(page: dict[str, Any], key: str, said: str) -> None:
    with pytest.raises(InventoryError) as refused:
        target(**page)
    assert refused.value.message.startswith(f"{FILE}:7: callout_system.access.web.gui.{key} of acme-pbx1: ")
    assert said in refused.value.message
    assert "Value error" not in refused.value.message
