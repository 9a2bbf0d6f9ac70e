"""What codes and identifiers on an invoice look like: countries, VAT ids, bank accounts. Pure; nobody is asked."""

from __future__ import annotations

import re
from functools import cache

# ISO 3166-1 without what Babel has beside it (unions, parts of countries); Kosovo is 1A in the code list of EN 16931.
NO_COUNTRIES = {"EU", "EZ", "UN", "QO", "ZZ", "XA", "XB", "AC", "CP", "CQ", "DG", "EA", "IC", "TA", "XK"}
MORE_COUNTRIES = {"1A"}
# Greece writes EL in front of its VAT ids, Northern Ireland XI.
MORE_VAT_PREFIXES = {"EL", "XI"}


@cache
def countries() -> frozenset[str]:
    """The codes of ISO 3166-1 with two letters, as the code list of EN 16931 has them."""
    from babel import Locale  # only where there is an invoice: it is not quick

    known = {code for code in Locale("en").territories if re.fullmatch("[A-Z]{2}", code)}
    return frozenset(known - NO_COUNTRIES | MORE_COUNTRIES)


def is_country(code: str) -> bool:
    """Whether the code is one of ISO 3166-1 with two letters, like AT."""
    return code in countries()


def is_vat_id(vat_id: str) -> bool:
    """Whether it looks like a VAT id with its country's prefix, like ATU12345678 (rule BR-CO-09)."""
    return (
        bool(re.fullmatch(r"[A-Z0-9]{2}[0-9A-Za-z+*.-]{2,18}", vat_id))
        and vat_id[:2] in countries() | MORE_VAT_PREFIXES
    )


def is_iban(account: str) -> bool:
    """Whether the account's number has the check digits of ISO 13616 (remainder 1 by 97). Without spaces."""
    if not re.fullmatch(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{10,30}", account):
        return False
    moved = account[4:] + account[:4]
    return int("".join(str(int(character, 36)) for character in moved)) % 97 == 1


def is_bic(code: str) -> bool:
    """Whether it looks like a bank's code of ISO 9362, like GIBAATWW or GIBAATWWXXX."""
    return bool(re.fullmatch(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?", code))
