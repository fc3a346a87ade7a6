"""What an invoice says of its payer: three columns that an import may have, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.domain.values import Msisdn
from ivr.errors import Unusable
from ivr.store import Store
from ivr.store.importing import import_rows
from ivr.store.rows import COLUMNS, OPTIONAL, KnownCatalogueIds, read_rows
from ivr.testing.acting import by
from tests.store.rows import PEPPER

KNOWN = KnownCatalogueIds(frozenset({"sms"}), ("duet",))
NUMBER = Msisdn("99366445500")
ROW = '99366445500,Ataýewa O,{passport},ru,duet,active,10.00,sms,,"""Ak Bulut"" HJ"'
PAYER = ("101234567890", "Aşgabat ş., Mysal köçesi, 1", "KB-2024/00123-A")


def take(store: Store, tmp_path: Path, columns: dict[str, str], passport: str = "") -> None:
    """Import the company's row with these columns besides."""
    file = tmp_path / "subscribers.csv"
    header = ",".join((*COLUMNS, *columns))
    cells = ",".join((ROW.format(passport=passport), *(f'"{each}"' for each in columns.values())))
    file.write_text(f"{header}\n{cells}\n")
    import_rows(store.database, read_rows(file, KNOWN), PEPPER, by("clerk"))


def payer(store: Store) -> tuple[str, str, str]:
    found = store.subscribers.find(NUMBER)
    assert found is not None
    return found.tax_number, found.address, found.contract


def all_of(*values: str) -> dict[str, str]:
    return dict(zip(OPTIONAL, values, strict=True))


def test_is_taken_and_stays_when_a_later_file_has_no_such_columns(
    store: Store, tmp_path: Path
) -> None:
    take(store, tmp_path, {})
    assert payer(store) == ("", "", "")
    take(store, tmp_path, all_of(*PAYER))
    assert payer(store) == PAYER
    take(store, tmp_path, {})
    assert payer(store) == PAYER
    take(store, tmp_path, {"address": "Mary ş."})
    assert payer(store) == (PAYER[0], "Mary ş.", PAYER[2])


def test_an_empty_cell_takes_away_what_was_known(store: Store, tmp_path: Path) -> None:
    take(store, tmp_path, all_of(*PAYER))
    take(store, tmp_path, all_of("", "Mary ş.", ""))
    assert payer(store) == ("", "Mary ş.", "")


def test_a_new_owner_inherits_none_of_it(store: Store, tmp_path: Path) -> None:
    take(store, tmp_path, all_of(*PAYER), "II-MR 123456")
    file = tmp_path / "other.csv"
    row = "99366445500,Orazow M,I-AŞ 300890,ru,duet,active,0.00,,,"
    file.write_text(f"{','.join(COLUMNS)}\n{row}\n")
    imported = import_rows(store.database, read_rows(file, KNOWN), PEPPER, by("clerk"))
    assert imported.changed_hands == 1
    assert payer(store) == ("", "", "")


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("tax_number", "1" * 21, "tax_number has more than 20 letters"),
        ("address", "a" * 201, "address has more than 200 letters"),
        ("contract", "7" * 41, "contract has more than 40 letters"),
        ("address", "Aşga\u202ebat", "address has an invisible character (U+202E)"),
        ("tax", "1", "the header has unknown columns: 'tax'"),
    ],
)
def test_what_does_not_fit_is_named(
    store: Store, tmp_path: Path, column: str, value: str, said: str
) -> None:
    with pytest.raises(Unusable) as refused:
        take(store, tmp_path, {column: value})
    assert said in str(refused.value)
    assert store.subscribers.find(NUMBER) is None
