"""Parser for the cells of a subscriber's row. Errors name the column and never show a secret."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import partial

from ivr.care.folding import passport_keys
from ivr.care.numbering import NationalNumbering
from ivr.domain.imports import SubscriberRow as Row
from ivr.domain.subscriber import Status
from ivr.domain.values import Language, Money, Msisdn, Secret, ServiceId
from ivr.sheet.amounts import read_amount
from ivr.sheet.cells import bare, check_whole, digits, words
from ivr.sheet.findings import NAMED, BadCell, failures, shown
from ivr.sheet.table import Table
from ivr.store.subscriber_row import LONGEST, TEXTS, KnownCatalogueIds
from ivr.system.printable import hidden, named

_PLAIN = re.compile(r"993(6[0-9]|71)[0-9]{6}")
"""A number in its stored form. ``NationalNumbering`` parses all other forms."""
_PUK = re.compile(r"[0-9]{8}")
_SPACED = re.compile(r"(?<=[0-9])[ ,.'’](?=[0-9]{3}(?![0-9]))")
"""A separator of thousands in a number whose length is known."""
_GROUPED = re.compile(r"[0-9]{1,3}([,.'’][0-9]{3})+")
"""A number with separators of thousands."""
_JOINED = re.compile(r"[;,|+/\s]+")
"""Separators between the ids of services."""
TEXT = "make the column a text in the spreadsheet, and export it again"
PUK_DIGITS = 8
MOST_KEPT = 10_000
"""Most different cells of the column ``services`` that are cached."""
LONGEST_NUMBER = 40
"""Most characters of a cell that is parsed as a telephone number."""
MOST_MANAT = 10**12
"""Limit for an amount: more than any account holds."""


class RowParser:
    """Parses the cells of one file into rows. Caches results that recur in many rows."""

    def __init__(self, table: Table, known: KnownCatalogueIds) -> None:
        self._notes = table.notes
        self._tariffs = {each.lower(): each for each in known.tariffs}
        self._known = known
        self._has_services = table.layout.has("services")
        self._has_texts = [table.layout.has(column) for column in TEXTS]
        self._languages = {each.value: each for each in Language}
        self._statuses = {each.value: each for each in Status}
        self._services: dict[str, frozenset[ServiceId]] = {}

    def row(self, line: int, cells: tuple[str, ...]) -> Row:
        """Parse a row. BadCell names the first wrong column and the error."""
        number, name, passport, language, tariff, status, balance, services, puk, *texts = cells
        return Row(
            msisdn=self._msisdn(number, line),
            full_name=self._words("full_name", name, line),
            passport=self._passport(passport, line),
            language=self._languages.get(language) or self._language(language, line),
            tariff=self._tariffs.get(tariff) or self._tariff(tariff, line),
            status=self._statuses.get(status) or self._status(status, line),
            balance=read_money("balance", self._bare("balance", balance, line)),
            services=self._ids(services, line) if self._has_services else None,
            puk=self._puk(puk, line),
            **{
                column: self._words(column, text, line) if is_there else None
                for column, is_there, text in zip(TEXTS, self._has_texts, texts, strict=True)
            },
        )

    def faults(self, line: int, cells: tuple[str, ...]) -> list[BadCell]:
        """Return all errors of a row that ``row`` refuses."""
        number, name, passport, language, tariff, status, balance, services, puk, *texts = cells
        return failures(
            (
                partial(self._msisdn, number, line),
                partial(self._words, "full_name", name, line),
                partial(self._passport, passport, line),
                partial(self._language, language, line),
                partial(self._tariff, tariff, line),
                partial(self._status, status, line),
                lambda: read_money("balance", self._bare("balance", balance, line)),
                partial(self._ids, services, line),
                partial(self._puk, puk, line),
                *(
                    partial(self._words, column, text, line)
                    for column, text in zip(TEXTS, texts, strict=True)
                ),
            )
        )

    def _bare(self, column: str, cell: str, line: int) -> str:
        text = bare(cell, self._notes, line)
        if not text.isascii() or text[:1] == "#":
            check_whole(column, text)
            _check_seen(column, text)
        elif not text.isprintable():
            _check_seen(column, text)
        return text

    def _msisdn(self, cell: str, line: int) -> Msisdn:
        if _PLAIN.fullmatch(cell):
            return Msisdn(cell)
        return read_msisdn("msisdn", self._bare("msisdn", cell, line))

    def _words(self, column: str, cell: str, line: int) -> str:
        try:
            text = words(cell, self._notes, line)
        except ValueError as error:
            raise BadCell(column, str(error)) from None
        if not text and column == "full_name":
            raise BadCell(column, "is empty")
        check_whole(column, text)
        _check_seen(column, text)
        if len(text) > (most := LONGEST.get(column, len(text))):
            raise BadCell(column, f"has more than {most} letters")
        return text

    def _passport(self, cell: str, line: int) -> Secret | None:
        if not (text := self._bare("passport", cell, line)):
            return None
        keys = passport_keys(text)
        if keys is None:
            raise BadCell("passport", "is not written like II-MR 123456")
        return Secret(keys)

    def _puk(self, cell: str, line: int) -> Secret | None:
        if not (text := self._bare("puk", cell, line)):
            return None
        if not _PUK.fullmatch(text):
            text = digits("puk", _SPACED.sub("", text))
        if _PUK.fullmatch(text):
            return Secret(text)
        is_short = text.isascii() and text.isdecimal() and len(text) < PUK_DIGITS
        zero = f"; has it lost a leading zero? {TEXT}" if is_short else ""
        raise BadCell("puk", f"is not {PUK_DIGITS} digits{zero}")

    def _language(self, cell: str, line: int) -> Language:
        text = self._bare("language", cell, line)
        try:
            return Language(text.lower())
        except ValueError:
            raise BadCell("language", _none_of(text, Language)) from None

    def _status(self, cell: str, line: int) -> Status:
        text = self._bare("status", cell, line)
        try:
            return Status(text.lower())
        except ValueError:
            raise BadCell("status", _none_of(text, Status)) from None

    def _tariff(self, cell: str, line: int) -> str:
        text = self._bare("tariff", cell, line)
        known = self._tariffs.get(text.lower())
        if known is None:
            names = ", ".join(self._known.tariffs)
            raise BadCell("tariff", f"{shown(text)} is not in the catalogue ({names})")
        return known

    def _ids(self, cell: str, line: int) -> frozenset[ServiceId]:
        found = self._services.get(cell)
        if found is None:
            text = self._bare("services", cell, line).lower()
            found = frozenset(ServiceId(each) for each in _JOINED.split(text) if each)
            if unknown := sorted(id for id in found if id not in self._known.services):
                many = ", ".join(map(shown, unknown[:NAMED]))
                raise BadCell(
                    "services",
                    f"{many} {'is' if len(unknown) == 1 else 'are'} not in the catalogue",
                )
            if len(self._services) < MOST_KEPT:
                self._services[cell] = found
        return found


def read_msisdn(column: str, text: str) -> Msisdn:
    """Parse a mobile number in any form. BadCell says what is wrong with the cell."""
    if not text:
        raise BadCell(column, "is empty")
    if len(text) <= LONGEST_NUMBER:
        plain = digits(column, text)
        if _GROUPED.fullmatch(plain):
            plain = re.sub(r"[,.'’]", "", plain)
        number = _NUMBERING.parse(plain)
        if number is not None:
            return number
    raise BadCell(column, "is not a mobile number such as 99365123456")


def read_money(column: str, text: str) -> Money:
    """Parse an amount in manat, at most MOST_MANAT. BadCell says what is wrong."""
    if not text:
        raise BadCell(column, "is empty")
    try:
        money = read_amount(text)
    except ValueError as error:
        raise BadCell(column, str(error)) from None
    if abs(money.tenge) > MOST_MANAT * 100:
        raise BadCell(column, "has too many digits")
    return money


def _check_seen(column: str, text: str) -> None:
    if odd := hidden(text):
        raise BadCell(column, f"has an invisible character ({named(odd)}): remove it")


def _none_of(text: str, choices: Iterable[str]) -> str:
    return f"{shown(text)} is not one of {', '.join(choices)}" if text else "is empty"


_NUMBERING = NationalNumbering()
