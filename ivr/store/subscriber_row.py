"""The columns of a subscriber import file, and the catalogue ids that rows may contain."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from ivr.sheet.header import Heading

HEADINGS = (
    Heading(
        "msisdn",
        (
            *("number", "phone", "phone number", "mobile", "mobile number", "subscriber number"),
            *("номер", "номер телефона", "№ телефона", "телефон", "номер абонента", "мобильный"),
            *("belgi", "belgisi", "telefon", "telefon belgisi", "abonent belgisi", "nomer"),
        ),
    ),
    Heading(
        "full_name",
        (
            *("name", "subscriber name", "фио", "имя", "фамилия имя отчество", "абонент"),
            *("ady", "doly ady", "familiýasy ady atasynyň ady", "familiýasy, ady", "faa"),
        ),
    ),
    Heading(
        "passport",
        (
            *("passport number", "паспорт", "номер паспорта", "серия и номер паспорта"),
            *("pasport", "pasporty", "pasport belgisi"),
        ),
        optional=True,
    ),
    Heading("language", ("lang", "язык", "dil", "dili")),
    Heading(
        "tariff",
        (
            *("tariff plan", "plan", "rate plan", "тариф", "тарифный план"),
            *("tarif", "nyrhnama", "tarif meýilnamasy"),
        ),
    ),
    Heading("status", ("state", "статус", "состояние", "ýagdaý", "ýagdaýy", "statusy")),
    Heading("balance", ("баланс", "остаток", "balans", "galyndy", "hasap"), is_number=True),
    Heading(
        "services",
        ("service", "услуги", "подключённые услуги", "hyzmatlar", "hyzmatlary"),
        optional=True,
    ),
    Heading("puk", ("puk code", "puk1", "пук", "puk-код", "пук-код", "puk kody"), optional=True),
    Heading(
        "company",
        (
            *("organization", "organisation", "организация", "компания", "предприятие"),
            *("kompaniýa", "kärhana", "edara"),
        ),
        optional=True,
    ),
    Heading(
        "tax_number",
        (
            *("tax number", "tin", "инн", "налоговый номер", "идентификационный номер"),
            *("salgyt belgisi", "salgyt kody"),
        ),
        optional=True,
    ),
    Heading("address", ("адрес", "юридический адрес", "salgy", "salgysy"), optional=True),
    Heading(
        "contract",
        ("contract number", "договор", "номер договора", "şertnama", "şertnamanyň belgisi"),
        optional=True,
    ),
)
OPTIONAL = ("tax_number", "address", "contract")
"""Columns with the payer's details for invoices."""
COLUMNS = tuple(heading.name for heading in HEADINGS if heading.name not in OPTIONAL)
TEXTS = ("company", *OPTIONAL)
"""Optional text columns.

To add one: add a heading after these, a field of ``SubscriberRow`` with the same name, and a column
in the table ``subscribers``. Nothing else names them.
"""
LONGEST = {"tax_number": 20, "address": 200, "contract": 40}
"""Most characters that fit on an invoice."""


@dataclass(frozen=True, slots=True)
class KnownCatalogueIds:
    """The ids that a row may contain: the catalogue's services and tariffs."""

    services: Collection[str]
    tariffs: Collection[str]
