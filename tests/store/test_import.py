"""Taking over subscribers from a file: all or none, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ivr.care.verifiers import CredentialVerifier
from ivr.domain.audit import Tag
from ivr.domain.subscriber import Status, Subscriber, Verifiers
from ivr.domain.values import Language, Money, Msisdn
from ivr.errors import Unusable
from ivr.store import Store
from ivr.store.importing import import_rows
from ivr.store.rows import COLUMNS, KnownCatalogueIds, Row, read_rows
from ivr.testing.acting import by
from tests.store.rows import NUMBER, PEPPER, fill, row

KNOWN = KnownCatalogueIds(frozenset({"sms", "gprs", "clip"}), ("oba", "duet"))
HEADER = ",".join(COLUMNS)
GOOD = "99365123456,Myradowa Aýgül,II-MR 123456,tk,duet,active,45.30,sms;gprs,73104826,"
OTHER = "99366300891,Orazow Merdan,I-AŞ 300890,ru,oba,suspended,-1.05,,,Ak Bulut"


@pytest.fixture
def csv(tmp_path: Path) -> Callable[..., Path]:
    """Writes a file of lines under the right header."""

    def write(*lines: str, header: str = HEADER, encoding: str = "utf-8") -> Path:
        file = tmp_path / "subscribers.csv"
        file.write_text("\n".join([header, *lines]) + "\n", encoding=encoding)
        return file

    return write


def take(store: Store, file: Path) -> int:
    return import_rows(store.database, read_rows(file, KNOWN), PEPPER, by("clerk")).rows


def found(store: Store, number: str = NUMBER) -> Subscriber:
    subscriber = store.subscribers.find(Msisdn(number))
    assert subscriber is not None
    return subscriber


def why(file: Path) -> str:
    with pytest.raises(Unusable) as caught:
        list(read_rows(file, KNOWN))
    return str(caught.value)


class TestImport:
    def test_every_row_is_taken(self, store: Store, csv: Callable[..., Path]) -> None:
        assert take(store, csv(GOOD, OTHER)) == 2
        first, second = found(store), found(store, "99366300891")
        assert set(first.services) == {"sms", "gprs"}
        assert first.balance == Money(4530)
        assert (second.language, second.status) == (Language.RUSSIAN, Status.SUSPENDED)
        assert (second.balance, second.company) == (Money(-105), "Ak Bulut")

    def test_a_passport_is_kept_as_a_verifier(self, store: Store, csv: Callable[..., Path]) -> None:
        take(store, csv(GOOD))
        verifiers = store.subscribers.verifiers(NUMBER)
        assert verifiers == Verifiers(
            passport=CredentialVerifier(PEPPER).passport(NUMBER, "26123456")
        )

    def test_an_update_changes_what_the_file_has(
        self, store: Store, csv: Callable[..., Path]
    ) -> None:
        take(store, csv(GOOD, OTHER))
        take(store, csv("99365123456,Täze Ady,,en,oba,blocked,0,clip,,"))
        after = found(store)
        assert (after.full_name, after.tariff, after.status) == ("Täze Ady", "oba", Status.BLOCKED)
        assert set(after.services) == {"clip"}
        assert found(store, "99366300891").balance == Money(-105)

    def test_an_update_keeps_code_word_and_what_the_file_does_not_know(self, store: Store) -> None:
        fill(store, row())
        store.subscribers.set_codeword(*by("clerk"), NUMBER, Verifiers("a", "b", "c"))
        before = store.subscribers.verifiers(NUMBER)
        fill(store, row(passport=None, puk=None))
        assert store.subscribers.verifiers(NUMBER) == before
        assert store.subscribers.puk(NUMBER) == row().puk

    def test_one_bad_row_and_none_is_taken(self, store: Store, csv: Callable[..., Path]) -> None:
        take(store, csv(GOOD))
        with pytest.raises(Unusable, match="line 3: 3 cells"):
            take(store, csv(GOOD.replace("45.30", "1.00"), "a,b,c", OTHER))
        assert found(store).balance == Money(4530)
        assert store.subscribers.find(Msisdn("99366300891")) is None

    def test_an_import_that_breaks_off_leaves_nothing(self, store: Store) -> None:
        def rows() -> Iterator[Row]:
            yield row()
            raise RuntimeError("power cut")

        with pytest.raises(RuntimeError):
            import_rows(store.database, rows(), PEPPER, by("clerk"))
        assert store.subscribers.find(NUMBER) is None
        assert fill(store, row()) == 1

    def test_an_import_is_audited_and_tells_its_progress(self, store: Store) -> None:
        told: list[int] = []
        rows = [row(msisdn=Msisdn(f"9936500{index:04d}")) for index in range(2500)]
        import_rows(store.database, rows, PEPPER, by("clerk"), told.append)
        assert told == [2000, 500]
        entry = store.audit.newest(1)[0]
        assert (entry.author, entry.action) == ("operator clerk", Tag.SUBSCRIBERS_IMPORT)
        assert entry.after is not None
        assert entry.after["rows"] == 2500

    def test_others_write_while_rows_are_gathered(self, store: Store) -> None:
        def rows() -> Iterator[Row]:
            yield row()
            store.callers.remember(NUMBER, Language.RUSSIAN)

        assert import_rows(store.database, rows(), PEPPER, by("clerk")).rows == 1
        assert store.callers.language(NUMBER) is Language.RUSSIAN


class TestFile:
    def test_a_byte_order_mark_and_any_order_of_columns_are_read(
        self, csv: Callable[..., Path]
    ) -> None:
        header = ",".join(reversed(COLUMNS))
        line = ",".join(reversed(GOOD.split(",")))
        (read,) = read_rows(csv(line, header=header, encoding="utf-8-sig"), KNOWN)
        assert read.msisdn == NUMBER

    @pytest.mark.parametrize("written", ["65123456", "865123456", "+993 65 12-34-56"])
    def test_a_number_is_brought_to_one_form(self, csv: Callable[..., Path], written: str) -> None:
        (read,) = read_rows(csv(GOOD.replace("99365123456", written)), KNOWN)
        assert read.msisdn == NUMBER

    @pytest.mark.parametrize("written", ["II-MP 123456", "ii mr 123456", "ll-MR №123456"])
    def test_a_passport_is_brought_to_one_form(
        self, csv: Callable[..., Path], written: str
    ) -> None:
        (read,) = read_rows(csv(GOOD.replace("II-MR 123456", written)), KNOWN)
        assert read.passport is not None
        assert read.passport.keys == "26123456"

    @pytest.mark.parametrize(
        ("good", "bad", "reason"),
        [
            ("99365123456", "12345", "msisdn is not a mobile number"),
            ("99365123456", "99312345678", "msisdn is not a mobile number"),
            ("Myradowa Aýgül", " ", "full_name is empty"),
            ("II-MR 123456", "IV-MR 123456", "passport is not written like"),
            (",tk,", ",fr,", "language 'fr' is not one of tk, ru, en"),
            ("duet", "gold", "tariff 'gold' is not in the catalogue"),
            ("active", "asleep", "status 'asleep' is not one of"),
            ("45.30", "45,30", "11 cells instead of 10"),
            ("45.30", "45.305", "balance '45.305' is not an amount"),
            ("45.30", "9" * 30, "balance has too many digits"),
            ("sms;gprs", "sms;teleport", "services 'teleport' is not in the catalogue"),
            ("73104826", "7310482", "puk is not 8 digits"),
        ],
    )
    def test_a_bad_cell_is_named_by_line_and_reason(
        self, csv: Callable[..., Path], good: str, bad: str, reason: str
    ) -> None:
        said = why(csv(OTHER, GOOD.replace(good, bad)))
        assert f"line 3: {reason}" in said

    def test_a_bad_secret_is_not_repeated(self, csv: Callable[..., Path]) -> None:
        said = why(csv(GOOD.replace("123456,tk", "1234567,tk").replace("73104826", "731048261")))
        assert "1234567" not in said
        assert "731048261" not in said

    def test_a_number_twice_is_refused(self, csv: Callable[..., Path]) -> None:
        said = why(csv(GOOD, OTHER, GOOD.replace("45.30", "5.30")))
        assert "line 4: line 2 has the same number with other values" in said

    def test_lines_are_counted_as_an_editor_counts_them(self, csv: Callable[..., Path]) -> None:
        spread = OTHER.replace("Ak Bulut", '"Ak\nBulut"')
        assert "line 5: 1 cells" in why(csv("", spread, "x"))

    def test_twenty_bad_rows_are_named_and_the_rest_is_counted(
        self, csv: Callable[..., Path]
    ) -> None:
        said = why(csv(*["x"] * 23))
        assert "line 21:" in said
        assert "line 22:" not in said
        assert said.endswith("and 3 more")

    @pytest.mark.parametrize("header", ["", "msisdn;full_name", HEADER.replace("puk", "pin")])
    def test_a_wrong_header_is_refused(self, csv: Callable[..., Path], header: str) -> None:
        assert "the first line must be msisdn," in why(csv(GOOD, header=header))

    def test_an_empty_file_is_refused(self, tmp_path: Path) -> None:
        empty = tmp_path / "empty.csv"
        empty.touch()
        assert "the file is empty" in why(empty)

    def test_another_encoding_is_refused(self, csv: Callable[..., Path]) -> None:
        odd = OTHER.replace("Orazow", "ОРАзовŽ").replace("Ş", "S")
        assert "not UTF-8" in why(csv(odd.replace("Ž", "Ћ"), encoding="cp1251"))

    def test_an_open_quote_is_refused(self, csv: Callable[..., Path]) -> None:
        assert "not CSV" in why(csv(GOOD + '"never closed'))

    def test_a_missing_file_is_named(self, tmp_path: Path) -> None:
        assert "nowhere.csv: cannot be read" in why(tmp_path / "nowhere.csv")
        assert "cannot be read" in why(tmp_path)
