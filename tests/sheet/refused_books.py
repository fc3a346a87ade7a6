"""Spreadsheets that are refused, and what is said of each."""

from __future__ import annotations

import io
import zipfile

from tests.sheet.books import (
    GOOD,
    HEADER,
    OTHER,
    PLAIN,
    RUSSIAN,
    Book,
    book,
    by,
    good,
    headed,
    lines,
    told,
)


def bad(old: str, new: str, said: str) -> Book:
    """A file whose first row is refused, in line 2."""
    return good(old, new, said=f"line 2: {said}")


def damaged() -> Book:
    """An OpenDocument table of which a byte was changed on its way."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet" * 5)
    broken = bytearray(data.getvalue())
    broken[38] = 0xFF  # the first byte behind the entry's header and name
    return Book(bytes(broken), "cut off")


def zipped(**members: str) -> Book:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in members.items():
            archive.writestr(name.replace("__", "/"), text)
    return Book(data.getvalue())


HTML = "<html><body><table><tr><td>msisdn</td></tr></table></body></html>"
SAVE_CSV = "not CSV: open it in the spreadsheet and save it as CSV (UTF-8)"
CUT = "in scientific form such as 9.9365E+10: a spreadsheet has cut its digits"
REFUSED = {
    "nothing": Book(b"", "the file is empty"),
    "spaces only": Book(b" \n \n", "there is no header"),
    "separators only": Book(b",,,\n,,,\n", "there is no header"),
    "no header": lines(GOOD, OTHER, said="there is no header; the first line must be msisdn,"),
    "another header": headed("a,b,c", said="there is no header; the first line must be"),
    "a column missing": headed(
        HEADER.replace("tariff,", ""), said="the header lacks tariff; the first line must be"
    ),
    "a column too many": headed(
        HEADER + ",colour", said="the header has unknown columns: 'colour'"
    ),
    "a column misspelt": headed(
        HEADER.replace("passport", "pasport nr"), said="'pasport nr' may be meant as passport"
    ),
    "a column twice": headed(HEADER + ",phone", said="the header has msisdn twice"),
    "Excel": told(zipped(xl__workbook="x"), f"an Excel workbook (.xlsx), {SAVE_CSV}"),
    "OpenDocument": told(
        zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"),
        f"an OpenDocument spreadsheet (.ods), {SAVE_CSV}",
    ),
    "Apple Numbers": told(
        zipped(**{"Index__Document.iwa": "x"}), f"an Apple Numbers spreadsheet, {SAVE_CSV}"
    ),
    "Word": told(zipped(word__document="x"), f"a text document, {SAVE_CSV}"),
    "an archive": told(zipped(a="x"), "an archive (zip), not CSV: unpack it first"),
    "a damaged table": damaged(),
    "half a workbook": Book(zipped(xl__workbook="x").data[:30], "cut off"),
    "old Excel": Book(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "Excel workbook (.xls)"),
    "HTML named csv": book(HTML, said=f"HTML, {SAVE_CSV}"),
    "HTML in UTF-16": book(HTML, encoding="utf-16", said=f"HTML, {SAVE_CSV}"),
    "XML of Excel 2003": book('<?xml version="1.0"?><Workbook/>', said=f"XML, {SAVE_CSV}"),
    "JSON": book('[{"msisdn": "99365123456"}]', said="JSON, not CSV"),
    "a PDF": Book(b"%PDF-1.7\n", "a PDF, not CSV"),
    "compressed": Book(b"\x1f\x8b\x08" + bytes(9), "a compressed file (gzip), not CSV: unpack"),
    "no text at all": Book(bytes(range(256)) * 9, "this is not text"),
    "two encodings": Book(
        PLAIN.encode() + "99366300892,Оразов,,ru,oba,active,1,,,".encode("cp1251"),
        "line 4 is not UTF-8, but line 2 is; save the whole file as UTF-8",
    ),
    "an encoding that cannot be told": Book(
        PLAIN.replace("Myradowa Aýgül", "Z").replace("AŞ", "AH").encode()
        + b"99366300892,\xff\xfe\xe1\x80,,ru,oba,active,1,,,",
        "line 4 is not UTF-8, and its encoding cannot be recognised; save the file as UTF-8",
    ),
    "UTF-16 cut off": Book(PLAIN.encode("utf-16")[:-1], "the file is cut off or damaged"),
    "letters that an encoding had not": bad("Aýgül", "A?g?l", "full_name has question marks"),
    "letters that were lost": bad("Aýgül", "A\ufffdg\ufffdl", "full_name has question marks"),
    "read earlier in a wrong encoding": bad(
        "Myradowa Aýgül",
        "Мырадова".encode().decode("cp1251"),
        "full_name 'РњС‹СЂР°РґРѕРІР°' was read earlier in a wrong encoding",
    ),
    "read as Latin": bad(
        "Aýgül",
        "Aýgül".encode().decode("cp1252"),
        "full_name 'Myradowa AÃ½gÃ¼l' was read earlier in a wrong",
    ),
    "a mark within a name": bad("Aýgül", "Aý\u200bgül", "full_name has an invisible character"),
    "a number cut by Excel": bad("99365123456", "9.9365E+10", f"msisdn is {CUT}"),
    "a number cut by Russian Excel": bad("99365123456", '"9,9365E+10"', f"msisdn is {CUT}"),
    "a PUK cut by Excel": bad("73104826", "7.3E+07", f"puk is {CUT}"),
    "a PUK without its zero": bad(
        "73104826", "3104826", "puk is not 8 digits; has it lost a leading"
    ),
    "a balance in scientific form": bad(
        "45.30", "4.5E+06", "balance '4.5E+06' is in scientific form"
    ),
    "no number": bad("99365123456", "", "msisdn is empty"),
    "a word for a number": bad("99365123456", "nomer", "msisdn is not a mobile number"),
    "an error of Excel": bad("45.30", "#REF!", "balance is #REF!, an error of the spreadsheet"),
    "an error of Russian Excel": bad("99365123456", "#ЗНАЧ!", "msisdn is #ЗНАЧ!, an error"),
    "a column that is too narrow": bad("45.30", "########", "balance is ########"[:28]),
    "a decimal comma without quotes": bad(
        "45.30", "45,30", '11 cells instead of 10: a decimal comma must be in quotes: "45,30"'
    ),
    "a name with a comma": bad(
        "Myradowa Aýgül", "Myradowa, Aýgül", "11 cells instead of 10: a cell with a comma in it"
    ),
    "services by semicolons without quotes": book(
        by(";", HEADER) + "\n" + GOOD.replace(",", ";") + "\n",
        said="line 2: 11 cells instead of 10: a cell with a semicolon in it must be in quotes",
    ),
    "a cell too few": bad(",duet,", ",", "9 cells instead of 10: a comma is missing"),
    "a thousand or one": bad("45.30", "1.234", "balance '1.234' is not an amount in manat"),
    "too exact": bad("45.30", "45.3012", "balance '45.3012' has more than 2 decimals"),
    "a date for an amount": bad("45.30", "01.05.2026", "balance '01.05.2026' is not an amount"),
    "a formula": bad("45.30", "=SUM(A1:A9)", "balance '=SUM(A1:A9)' is not an amount"),
    "an open quote": bad("Myradowa", '"Myradowa', "not CSV (a quote is opened but not closed)"),
    "a quote in a name": bad("Myradowa Aýgül", '"Ak "Bulut" HJ"', "not CSV (a quote within a cell"),
    "each line in quotes": lines(
        *(f'"{each}"' for each in (HEADER, GOOD, OTHER)),
        said="each line is a single cell in quotes",
    ),
    "a row that is cut off": lines(
        HEADER, GOOD, "99366300891", said="line 3: 1 cells instead of 10: a comma is missing"
    ),
    "a row that is cut in a name": lines(
        HEADER,
        GOOD,
        "99366300891,Oraz",
        said="line 3: 2 cells instead of 10: a comma is missing",
    ),
    "a row that is cut off, names first": lines(
        "full_name,msisdn,language,tariff,status,balance",
        "Myradowa Aýgül,99365123456,tk,duet,active,45.30",
        "Orazow Merdan",
        said="line 3: 1 cells instead of 6: a comma is missing",
    ),
    "a line of text between rows": lines(
        HEADER, GOOD, "Ak Bulut HJ", OTHER, said="line 3: 1 cells instead of 10"
    ),
    "no balance": bad("45.30", "", "balance is empty"),
    "no name": bad("Myradowa Aýgül", "-", "full_name is empty"),
    "an unknown word": bad(",tk,", ",tm-TM,", "language 'tm-TM' is not one of tk, ru, en"),
    "an unknown service": bad("sms;gprs", "sms;teleport", "services 'teleport' is not in the cat"),
    "a number twice, otherwise": lines(
        *(HEADER, GOOD, OTHER, GOOD.replace("45.30", "1.00")),
        said="line 4: line 2 has the same number with other values",
    ),
    "a cell in a column without a name": lines(
        HEADER + ",", GOOD + ",x", said="line 2: column 11 has no name in the header"
    ),
    "a total in the middle": lines(
        HEADER, ",,,,,,44.25,,,", GOOD, OTHER, said="line 2: msisdn is empty"
    ),
    "the file's own names": book(
        "\n".join((RUSSIAN, by(";", GOOD).replace("45.30", "?"))),
        said="line 2: balance (Баланс (манат)) '?' is not an amount",
    ),
}
