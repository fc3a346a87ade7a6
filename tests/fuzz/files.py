"""What an operator's files may hold: CSV of the billing system, YAML of an editor, settings."""

from __future__ import annotations

import atexit
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from ivr.care.catalogue import read_catalogue
from ivr.care.folding import fold_word, passport_keys, word_keys
from ivr.care.invoices import read_terms
from ivr.care.news import holding, read_news, to_document
from ivr.care.numbering import NationalNumbering, fixed_or_mobile
from ivr.domain.call import Call
from ivr.domain.values import Language, Msisdn
from ivr.errors import FlowBroken, Unusable
from ivr.flow.checkpoint import resume
from ivr.flow.document import read_flow
from ivr.flow.review import review
from ivr.settings import Settings, read_settings
from ivr.speech.spelling import spell
from ivr.speech.texts import Texts, read_texts
from ivr.store.package_rows import read_left
from ivr.store.payment_rows import read_payments
from ivr.store.rows import KnownCatalogueIds, read_rows
from ivr.testing.demo import subscriber
from ivr.testing.subscribers import MemorySubscribers

NUMBER = Msisdn("99365123456")
KNOWN = KnownCatalogueIds(frozenset({"sms", "gprs"}), ("oba", "duet"))
ASHGABAT = ZoneInfo("Asia/Ashgabat")
LARGEST_NUMBER = 2**63 - 1
"""Of a column of a database."""
LONGEST_SENTENCE = 20_000
"""Letters of a refusal, which a person is to read: twenty rows named, each with its reason."""


def subscribers(data: bytes) -> None:
    with refused(Unusable):
        for row in read_rows(_file("subscribers.csv", data), KNOWN):
            kept([row.msisdn, row.full_name, row.tariff, row.company or ""])
            assert abs(row.balance.tenge) <= LARGEST_NUMBER
            assert is_number(row.msisdn)


def payments(data: bytes) -> None:
    people = MemorySubscribers({NUMBER: subscriber(NUMBER)})
    with refused(Unusable):
        for row in read_payments(_file("payments.csv", data), people, ASHGABAT):
            number, at, amount, reference = row
            kept([reference])
            assert number == NUMBER
            assert at.astimezone(UTC).astimezone(ASHGABAT)
            assert 0 < amount.tenge <= LARGEST_NUMBER


def packages(data: bytes) -> None:
    with refused(Unusable):
        left = read_left(_file("packages.csv", data))
        kept(left)
        assert all(0 <= count <= LARGEST_NUMBER for count in left.values())


def flow(data: bytes) -> None:
    with refused(FlowBroken):
        read = read_flow(_file("flow.yaml", data))
        kept([read.name, read.model_dump_json()])
        for issue in review(read, {}, (), ()):
            kept([issue.place, issue.problem])


def texts(data: bytes) -> None:
    """The same file for every language, so that none lacks what another has."""
    folder = _folder()
    for language in ("tk", "ru", "en"):
        _file(f"{language}.yaml", data)
    _file("pronunciation.yaml", b"tk: {}\nru: {}\nen: {}\n")
    with refused(Unusable):
        read = read_texts(folder)
        kept(word for words in read.by_language.values() for word in words.values())
        assert Texts.from_document(json.loads(json.dumps(read.to_document()))) == read


def pronunciation(data: bytes) -> None:
    folder = _folder()
    for language in ("tk", "ru", "en"):
        _file(f"{language}.yaml", b'welcome: "Salam SMS"\n')
    _file("pronunciation.yaml", data)
    with refused(Unusable):
        read_texts(folder)


def catalogue(data: bytes) -> None:
    with refused(Unusable):
        read = read_catalogue(_file("catalogue.yaml", data))
        kept([read.model_dump_json(), *read.texts()])
        for service in read.order:
            assert list(read.dependents(service)) is not None


def news(data: bytes) -> None:
    with refused(Unusable):
        read = read_news(_file("news.yaml", data))
        kept(item.text for item in holding(read, datetime(2026, 11, 22, tzinfo=UTC).date()))
        kept([json.dumps(to_document(read))])


def terms(data: bytes) -> None:
    with refused(Unusable):
        kept([read_terms(_file("invoice.yaml", data)).model_dump_json()])


def words(data: bytes) -> None:
    """Whatever is written or keyed in as a number, a code word, a passport, a sentence."""
    text = data.decode("utf-8", "replace")
    numbering = NationalNumbering()
    for number in (numbering.parse(text), numbering.dialled(text), fixed_or_mobile(text)):
        assert number is None or is_number(number)
    numbering.complete(text)
    fold_word(text)
    for keys in (*word_keys(text), passport_keys(text)):
        assert keys is None or (keys.isascii() and keys.isdecimal())
    for language in Language:
        said = spell(language, text, {each: {"SMS": "es em es"} for each in Language})
        assert not any(letter.isdigit() for letter in said)


def place(data: bytes) -> None:
    """A channel variable of any text: a place that can be used, or the start."""
    call = Call("c", "0890", datetime(2026, 11, 22, tzinfo=UTC))
    at = resume(call, data.decode("utf-8", "replace"))
    assert isinstance(at, str)
    for number in (call.release, call.step):
        assert 0 <= number < 2**31
    assert call.subscriber is None or is_number(call.subscriber)


def settings(data: bytes) -> None:
    """A file ``.env`` of any bytes, and each setting as the environment may have it."""
    (folder := _folder()).joinpath(".env").write_bytes(data)
    with _in(folder), refused(Unusable):
        _all_of(read_settings())
    folder.joinpath(".env").unlink()
    name, _, value = data.partition(b"=")
    with _in(folder), refused(Unusable), _given(name, value.replace(b"\0", b"")):
        _all_of(read_settings())


@contextmanager
def refused(kind: type[Exception]) -> Iterator[None]:
    """Nothing but this error may be raised, with a sentence that a person can read."""
    try:
        yield
    except kind as error:
        said = str(error)
        assert said
        assert len(said) < LONGEST_SENTENCE, f"a sentence of {len(said)} letters"
        kept([said])


def is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 15


def kept(words: Iterable[str]) -> None:
    """Texts that a database and a file can hold."""
    for word in words:
        assert "\x00" not in word, f"{word!r} cannot be kept"
        word.encode("utf-8")


def _all_of(read: Settings) -> None:
    assert read.database
    assert read.cache
    for name, value in read.model_dump().items():
        if isinstance(value, float):
            assert value < float("inf"), name


@contextmanager
def _in(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


@contextmanager
def _given(name: bytes, value: bytes) -> Iterator[None]:
    """One variable of the environment: that which the bytes name, or choose."""
    names = sorted(Settings.model_fields)
    chosen = names[sum(name) % len(names)]
    for each in names:
        if name.lower() == f"ivr_{each}".encode():
            chosen = each
    variable = f"IVR_{chosen}".upper().encode()
    os.environb[variable] = value
    try:
        yield
    finally:
        del os.environb[variable]


def _file(name: str, data: bytes) -> Path:
    file = _folder() / name
    file.write_bytes(data)
    return file


@cache
def _folder() -> Path:
    """A folder of this process for the files that it reads."""
    folder = tempfile.mkdtemp(prefix="ivr-fuzz-")
    atexit.register(shutil.rmtree, folder)
    return Path(folder)
