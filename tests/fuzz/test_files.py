"""Files that have broken readers: each is refused in one sentence, at once."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.care.catalogue import read_catalogue
from ivr.care.folding import passport_keys
from ivr.care.invoices import read_terms
from ivr.care.news import read_news
from ivr.care.numbering import NationalNumbering
from ivr.domain.call import Call
from ivr.domain.values import Language
from ivr.errors import FlowBroken, IvrError, Unusable
from ivr.flow.checkpoint import checkpoint_of, resume
from ivr.flow.document import read_flow
from ivr.flow.yamltree import MOST_BYTES, NotYaml, compose_tree, plain
from ivr.log import NUMBER as LOGGED
from ivr.settings import read_settings
from ivr.speech.spelling import spell
from ivr.speech.texts import read_texts
from ivr.store.package_rows import read_left
from ivr.store.payment_rows import read_payments
from ivr.store.rows import COLUMNS, read_rows
from ivr.testing.demo import subscriber
from ivr.testing.subscribers import MemorySubscribers
from tests.fuzz.files import ASHGABAT, KNOWN, LONGEST_SENTENCE, NUMBER
from tests.fuzz.targets import FLOW, ROW
from tests.table import each

HEADER = ",".join(COLUMNS)
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BOMB = "a: &a [1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"{one}: &{one} [{', '.join([f'*{before}'] * 9)}]\n"
    for before, one in zip("abcdefgh", "bcdefghi", strict=True)
)
MERGED = "a: &a {x: 1}\n" + "".join(
    f"{one}: &{one}\n  <<: [{', '.join([f'*{before}'] * 9)}]\n"
    for before, one in zip("abcdefgh", "bcdefghi", strict=True)
)
YAML = {
    "aliases that grow": BOMB,
    "merged keys that grow": MERGED,
    "a merged key": "<<: {name: a}",
    "lists in lists": "[\n" * 50_000,
    "maps in maps": "{a:\n" * 50_000,
    "lines within lines": "".join(f"{' ' * depth}-\n" for depth in range(600)),
    "a key twice": "name: a\nname: b\n",
    "a key that is a list": "? [a]\n: b\n",
    "no month of a date": "name: 2026-13-45",
    "no time of a date": "name: 2026-11-22 25:61:61",
    "no date": "name: !!timestamp soon",
    "no number": "name: !!int x",
    "no digit": 'name: !!int ""',
    "no truth": "name: !!bool perhaps",
    "no fraction": 'name: !!float ""',
    "no letters": "name: !!binary =",
    "a number of a million digits": "name: " + "9" * 100_000,
    "a number of sixties": "name: 1" + ":11" * 30_000,
    "a fraction of sixties": "name: 1" + ":11" * 30_000 + ".5",
    "half a letter": 'name: "\\ud800"',
    "a zero byte": "name: a\0b",
    "a tag of Python": "name: !!python/object/apply:os.system [true]",
    "a set that is a word": "name: !!set a",
    "a map that is a word": "!!map name",
    "a list that is a map": "!!seq {name: a}",
    "a word that is a list": "name: !!str [a]",
    "pairs": "nodes: !!pairs [a: b]",
    "an ordered map": "nodes: !!omap [a: b]",
    "two documents": "a: b\n---\na: b\n",
    "an anchor to nothing": "a: *a",
    "a directive": "%YAML 9.9\n---\na",
    "too long": "#" * (MOST_BYTES + 1),
}
READERS: dict[str, Callable[[Path], object]] = {
    "flow": read_flow,
    "catalogue": read_catalogue,
    "news": read_news,
    "terms": read_terms,
}


def sentence(read: Callable[[Path], object], file: Path) -> str:
    """Why a file is refused."""
    with pytest.raises(IvrError) as refused:
        read(file)
    assert isinstance(refused.value, Unusable | FlowBroken)
    said = str(refused.value)
    assert str(file) in said
    assert len(said) < LONGEST_SENTENCE
    said.encode()
    return said


class TestYaml:
    @each("text", YAML.values())
    @pytest.mark.parametrize("read", READERS.values(), ids=READERS)
    def test_of_evil_is_refused(
        self, tmp_path: Path, read: Callable[[Path], object], text: str
    ) -> None:
        (tmp_path / "evil.yaml").write_text(text, encoding="utf-8")
        sentence(read, tmp_path / "evil.yaml")

    @each("text", YAML.values())
    def test_of_evil_is_no_text(self, tmp_path: Path, text: str) -> None:
        for name in ("tk", "ru", "en"):
            (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
        (tmp_path / "pronunciation.yaml").write_text("tk: {}\nru: {}\nen: {}\n")
        with pytest.raises(Unusable) as refused:
            read_texts(tmp_path)
        assert len(str(refused.value)) < LONGEST_SENTENCE

    def test_the_place_of_a_fault_is_named(self, tmp_path: Path) -> None:
        file = tmp_path / "news.yaml"
        file.write_text("- id: a\n  since: 2026-13-45\n  until: 2026-11-30\n")
        assert "line 2: entry 1.since: there is no day '2026-13-45'" in sentence(read_news, file)

    @given(st.text(max_size=80))
    def test_of_any_text_is_read_or_not(self, text: str) -> None:
        try:
            plain(compose_tree(text))
        except NotYaml as error:
            assert str(error)  # noqa: PT017  it may also be YAML

    def test_that_is_good_is_read(self, tmp_path: Path) -> None:
        (tmp_path / "flow.yaml").write_text(FLOW)
        assert read_flow(tmp_path / "flow.yaml").name == "a"


class TestCsv:
    @pytest.mark.parametrize(
        ("good", "evil"),
        [
            ("Myradowa", "Myra\0dowa"),
            ("Myradowa", "M" * 200_000),
            ("Myradowa", '"Myradowa'),
            ("45.30", "9" * 100_000),
            ("45.30", "٤٥"),
            ("45.30", "1e9"),
            ("45.30", "NaN"),
            ("99365123456", "٩٩٣٦٥١٢٣٤٥٦"),
            ("99365123456", "+" * 100_000),
            ("99365123456", " (-)" * 30_000),
            ("II-MR", "I" * 100_000),
            ("123456", "١٢٣٤٥٦"),
            ("duet", "d" * 100_000),
            ("sms;gprs", "x;" * 60_000),
            ("sms;gprs", ";".join(f"s{number}" for number in range(20_000))),
            ("73104826", "٧٣١٠٤٨٢٦"),
            (",tk,", ",t\u2028k,"),
        ],
    )
    def test_of_evil_subscribers_is_refused(self, tmp_path: Path, good: str, evil: str) -> None:
        file = tmp_path / "subscribers.csv"
        file.write_text(f"{HEADER}\n{ROW.replace(good, evil)}\n", encoding="utf-8")
        assert "line 2" in sentence(lambda path: list(read_rows(path, KNOWN)), file)

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "cp1251", "koi8-r", "utf-7"])
    def test_of_another_encoding_is_read(self, tmp_path: Path, encoding: str) -> None:
        file = tmp_path / "subscribers.csv"
        row = ROW.replace("Myradowa Aýgül", "Мурадова").replace("ý", "")
        file.write_text(f"{HEADER}\n{row}\n", encoding=encoding)
        (read,) = read_rows(file, KNOWN)
        if encoding != "utf-7":  # it is ASCII: a name of odd letters, and nothing worse
            assert read.full_name == "Мурадова"

    @pytest.mark.parametrize(
        "row",
        [
            "99365123456,0001-01-01T00:00:00+05:00,1.00",
            "99365123456,9999-12-31T23:59:59-05:00,1.00",
            f"99365123456,2026-11-22,{'9' * 20}",
            f"99365123456,2026-11-22,{'9' * 5_000}",
            "99365123456,2026-11-22\0,1.00",
            f"99365123456,{'2' * 100_000},1.00",
        ],
    )
    def test_of_evil_payments_is_refused(self, tmp_path: Path, row: str) -> None:
        file = tmp_path / "payments.csv"
        file.write_text(f"msisdn,at,amount\n{row}\n")
        people = MemorySubscribers({NUMBER: subscriber(NUMBER)})
        assert "line 2" in sentence(lambda path: read_payments(path, people, ASHGABAT), file)

    @pytest.mark.parametrize("row", [f"c:1,{'9' * 5_000}", "c:1\0,5", "c:1,٥", "c:1,-1", "c:1,+1"])
    def test_of_evil_packages_is_refused(self, tmp_path: Path, row: str) -> None:
        file = tmp_path / "packages.csv"
        file.write_text(f"external_id,left\n{row}\n", encoding="utf-8")
        assert "line 2" in sentence(read_left, file)

    def test_of_odd_spaces_is_read(self, tmp_path: Path) -> None:
        """What Python strips from a cell is more than it passes over in a number."""
        file = tmp_path / "packages.csv"
        file.write_text("external_id,left\nc:1,20\x1d\n", encoding="utf-8")
        assert read_left(file) == {"c:1": 20}


class TestSettings:
    @pytest.fixture(autouse=True)
    def _nothing_given(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("IVR_HOME", b"~nobody-of-this-name/var"),
            ("IVR_TIMEZONE", b"\xff\xfe"),
            ("IVR_DRAIN_SECONDS", b"inf"),
            ("IVR_DRAIN_SECONDS", b"nan"),
            ("IVR_NETWORK_LATENCY", b"1e999"),
            ("IVR_MAX_CALLS", b"9" * 5_000),
            ("IVR_SIP_BIND", b"a:" + b"9" * 5_000),
            ("IVR_AGI_BIND", "127.0.0.1:٤٥٧٣".encode()),
            ("IVR_RTP_PORTS", b"9" * 5_000 + b"-" + b"9" * 5_000),
            ("IVR_SMSC", b"smpp://[::"),
            ("IVR_NETWORK_URL", b"http://" + b"/" * 100_000 + b" "),
            ("IVR_TIMEZONE", b"../../etc/passwd"),
        ],
    )
    def test_of_evil_are_refused(
        self, monkeypatch: pytest.MonkeyPatch, name: str, value: bytes
    ) -> None:
        monkeypatch.setenv(name, os.fsdecode(value))
        with pytest.raises(Unusable, match=rf"{name}|UTF-8"):
            read_settings()

    def test_of_another_encoding_are_refused(self, tmp_path: Path) -> None:
        (tmp_path / ".env").write_bytes(b"IVR_SMSC_SOURCE=\xd0\xff\n")
        with pytest.raises(Unusable, match=r"\.env, is not UTF-8"):
            read_settings()


class TestPlaces:
    @given(st.text(st.characters(exclude_categories=["Cs"]), max_size=60))
    def test_of_any_text_leave_a_call_that_can_go_on(self, text: str) -> None:
        for place in (text, f"release={text}", f"step={text}", f"subscriber={text}&node=main"):
            call = Call("c", "0890", NOON)
            resume(call, place)
            again = Call("c", "0890", NOON)
            assert resume(again, checkpoint_of(call)) == call.heading
            assert (again.release, again.step, again.subscriber, again.language) == (
                call.release,
                call.step,
                call.subscriber,
                call.language,
            )

    @pytest.mark.parametrize(
        "place",
        [
            f"release={10**20}&node=main",
            f"release={'9' * 5_000}&node=main",
            "release=-1&node=main",
            f"step={10**20}&node=main",
            "subscriber=a%00b&node=main",
            "means=said&node=main",
        ],
    )
    def test_that_cannot_be_are_the_start(self, place: str) -> None:
        call = Call("c", "0890", NOON)
        assert resume(call, place) == ""
        assert call == Call("c", "0890", NOON)


class TestLongText:
    """Expressions that take a square of a text's length, or worse, show in the suite's timeout."""

    @pytest.mark.parametrize("letters", [" -", "(", "1 ", "I-", "+993", "９", "\u2010", "a.", "'-"])
    def test_is_looked_through_in_time(self, letters: str) -> None:
        long = letters * 20_000
        assert NationalNumbering().parse(long) is None
        assert NationalNumbering().complete(long) in (True, False)
        assert passport_keys(long) is None
        LOGGED.sub("…", long)

    @pytest.mark.parametrize(
        "letters", [" -", "-'", "a-", " .", "1,", "1.", "{", "SMS ", "5 % ", "\u2044"]
    )
    def test_is_spelled_in_time(self, letters: str) -> None:
        words = {language: {"SMS": "es em es"} for language in Language}
        for language in Language:
            spell(language, letters * 2_000, words)
