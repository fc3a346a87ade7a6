"""What a paper says, in writing: amounts, dates, numbers and names, ready to be set."""

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
"""Around a name, as each language writes them."""
LONGEST_WORD = 24
"""Letters after which a word may be broken, without a hyphen, rather than run over the edge."""
BREAK = "\u200b"
"""Where a line may end (ZERO WIDTH SPACE)."""
_QUOTE = re.compile(r"[\"«»“”„‟]")
_BEFORE_OPENING = re.compile(r"(?:^|[\s(\[/«“-])$")


def filled(number: InvoiceNumber, paper: Paper) -> dict[str, object]:
    """What the form is filled with."""
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
    """An amount in digits: ``1 234,50``, in English ``1,234.50``."""
    whole, _, part = amount.manat.partition(".")
    if language is Language.ENGLISH:
        return f"{int(whole):,}.{part}"
    return f"{int(whole):,},{part}".replace(",", "\u00a0", f"{int(whole):,}".count(","))


def in_words(language: Language, amount: Money) -> str:
    """An amount in words with a capital letter, the teňňe in two digits, also where they are none:
    ``Elli manat 05 teňňe``."""
    manat, tenge = divmod(amount.tenge, 100)
    words = f"{counted(language, manat, 'manat')} {tenge:02d} {unit(language, tenge, 'tenge')}"
    return words[:1].upper() + words[1:]


def day(language: Language, when: date) -> str:
    """A date in writing, the month as a word, so that nobody takes it for the day."""
    month = MONTHS[language][when.month - 1]
    match language:
        case Language.TURKMEN:
            return f"{_nth(when.year)} ýylyň {_nth(when.day)} {month}"
        case Language.RUSSIAN:
            return f"{when.day} {month} {when.year} г."
        case Language.ENGLISH:
            return f"{when.day} {month} {when.year}"


def _nth(number: int) -> str:
    """A Turkmen ordinal in digits, with the ending that its last word has: ``26-njy``."""
    return f"{number}-{ordinal(Language.TURKMEN, number)[-3:]}"


def phone(number: Msisdn) -> str:
    """A number as it is read: ``+993 66 30 08 90``."""
    national = number.removeprefix("993")
    pairs = " ".join(national[at : at + 2] for at in range(0, len(national), 2))
    return f"+993 {pairs}"


def quoted(language: Language, text: str) -> str:
    """A name with the double quotes of the language, whichever it came with.

    One is an opening quote at the beginning and after a space, a bracket or another opening one;
    a text with an odd number of them is left as it is.
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
    """A text whose endless words may be broken."""
    return re.sub(rf"\S{{{LONGEST_WORD}}}(?=\S)", rf"\g<0>{BREAK}", text)
