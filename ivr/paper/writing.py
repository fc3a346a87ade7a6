"""The values of a paper in writing: amounts, dates, numbers and names, ready for typesetting."""

from __future__ import annotations

import re
from datetime import date

from ivr.domain.invoices import InvoiceNumber, Paper
from ivr.domain.values import Language, Money, Msisdn
from ivr.speech.forms import MONTHS, counted, unit
from ivr.speech.numerals import ordinal

QUOTES = {
    Language.TURKMEN: ("«", "»"),
    Language.RUSSIAN: ("«", "»"),
    Language.ENGLISH: ("“", "”"),
}
"""The quotes around a name, by language."""
LONGEST_WORD = 24
"""Number of letters after which a word may be broken without a hyphen, instead of
running over the edge."""
BREAK = "\u200b"
"""A possible line break (ZERO WIDTH SPACE)."""
_QUOTE = re.compile(r"[\"«»“”„‟]")
_BEFORE_OPENING = re.compile(r"(?:^|[\s(\[/«“-])$")


def filled(number: InvoiceNumber, paper: Paper) -> dict[str, object]:
    """Return the values for the form."""
    language = paper.language

    def amount(value: Money) -> str:
        return written(language, value)

    def name(text: str) -> str:
        return breakable(quoted(language, text))

    return {
        "language": language.value,
        "number": str(number),
        "date": day(language, paper.dated),
        "date_short": f"{paper.dated:%d.%m.%Y}",
        "dated": [paper.dated.year, paper.dated.month, paper.dated.day],
        "until": day(language, paper.until),
        "payer": name(paper.payer),
        "payer_tax_number": breakable(paper.payer_tax_number),
        "payer_address": name(paper.payer_address),
        "contract": name(paper.contract),
        "phone": phone(paper.phone),
        "rate": amount(Money(paper.rate)).removesuffix("00").rstrip(".,"),
        "lines": [
            {
                "name": name(line.name),
                "unit": line.unit,
                "quantity": "1",
                "price": amount(line.amount - line.vat),
                "net": amount(line.amount - line.vat),
                "vat": amount(line.vat),
                "gross": amount(line.amount),
            }
            for line in paper.lines
        ],
        "net": amount(paper.total - paper.vat),
        "vat": amount(paper.vat),
        "total": amount(paper.total),
        "in_words": in_words(language, paper.total),
        "signed": paper.is_signed,
        "seller": {
            "name": name(paper.seller.name),
            "address": name(paper.seller.address),
            "phone": paper.seller.phone,
            "tax_number": paper.seller.tax_number,
            "director": paper.seller.director,
            "accountant": paper.seller.accountant,
        },
        "bank": {
            "name": name(paper.seller.bank),
            "account": breakable(paper.seller.account),
            "code": paper.seller.bank_code,
        },
    }


def written(language: Language, amount: Money) -> str:
    """Return an amount in digits: ``1 234,50``, in English ``1,234.50``."""
    whole, _, part = amount.manat.partition(".")
    if language is Language.ENGLISH:
        return f"{int(whole):,}.{part}"
    return f"{int(whole):,},{part}".replace(",", "\u00a0", f"{int(whole):,}".count(","))


def in_words(language: Language, amount: Money) -> str:
    """Return an amount in words with a capital letter, the teňňe always in two digits:
    ``Elli manat 05 teňňe``."""
    manat, tenge = divmod(amount.tenge, 100)
    words = f"{counted(language, manat, 'manat')} {tenge:02d} {unit(language, tenge, 'tenge')}"
    return words[:1].upper() + words[1:]


def day(language: Language, when: date) -> str:
    """Return a date with the month as a word, so that it is not confused with the day."""
    month = MONTHS[language][when.month - 1]
    match language:
        case Language.TURKMEN:
            return f"{_nth(when.year)} ýylyň {_nth(when.day)} {month}"
        case Language.RUSSIAN:
            return f"{when.day} {month} {when.year} г."
        case Language.ENGLISH:
            return f"{when.day} {month} {when.year}"


def _nth(number: int) -> str:
    """Return a Turkmen ordinal in digits, with the ending of its last word: ``26-njy``."""
    return f"{number}-{ordinal(Language.TURKMEN, number)[-3:]}"


def phone(number: Msisdn) -> str:
    """Return a number in its written form: ``+993 66 30 08 90``."""
    national = number.removeprefix("993")
    pairs = " ".join(national[at : at + 2] for at in range(0, len(national), 2))
    return f"+993 {pairs}"


def quoted(language: Language, text: str) -> str:
    """Return a name with the double quotes of the language, whatever quotes it has.

    A quote is an opening one at the beginning and after a space, a bracket or another opening
    quote. A text with an odd number of quotes is unchanged.
    """
    if len(_QUOTE.findall(text)) % 2:
        return text
    opening, closing = QUOTES[language]
    made = ""
    for each in text:
        if _QUOTE.fullmatch(each):
            each = opening if _BEFORE_OPENING.search(made) else closing
        made += each
    return made


def breakable(text: str) -> str:
    """Insert possible line breaks into very long words."""
    return re.sub(rf"\S{{{LONGEST_WORD}}}(?=\S)", rf"\g<0>{BREAK}", text)
