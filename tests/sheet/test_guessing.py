"""An encoding of before Unicode is told truly, or not at all."""

from __future__ import annotations

import pytest

from ivr.sheet.guessing import guess

CYRILLIC = (
    *("Оразов Мердан", "Мурадова Айгуль Батыровна", "ОРАЗОВ МЕРДАН", "Ким", "Ёлкин", "Щукин"),
    *("Цой", "Ли", "Ян", "Эм", "Хан", "Чарыев Чары", "АННАЕВА", "Джумаева Огулджан", "ак булут"),
    *("ООО «Гюль»", "ХО Туркмен Сауда", "Юсупова Юлия", "Шохрат Нурыев", "Ы", "ИП", "МЧС", "жж"),
)
TURKMEN = (
    *("Myradowa Aýgül", "Öräýew", "ŞÖHRAT ŇURÝEW", "Çaryýew Çary", "Gök Asman", "Ş", "Göwher"),
    *("Ýazgül", "Ňurýagdy", "Žanna", "Äşe", "ÝUSUP", "ÖZ"),
)
TOLD = {
    **dict.fromkeys(("cp1251", "koi8-r", "cp866"), CYRILLIC),
    "cp1250": TURKMEN,
}
OTHERS = {**dict.fromkeys(("iso8859-5", "mac_cyrillic"), CYRILLIC), "iso8859-9": TURKMEN}


@pytest.mark.parametrize("encoding", TOLD)
def test_a_file_of_names_is_told(encoding: str) -> None:
    lines = "\n".join(TOLD[encoding])
    assert guess(lines.encode(encoding, "ignore")) == encoding


@pytest.mark.parametrize("encoding", OTHERS)
def test_one_of_another_encoding_is_not(encoding: str) -> None:
    lines = "\n".join(OTHERS[encoding]).encode(encoding, "ignore")
    found = guess(lines)
    assert found is None or lines.decode(found) == lines.decode(encoding)


@pytest.mark.parametrize("encoding", TOLD)
def test_no_name_alone_is_told_wrongly(encoding: str) -> None:
    for name in TOLD[encoding]:
        data = name.encode(encoding, "ignore")
        found = guess(data)
        if not data.isascii() and found is not None:
            assert data.decode(found) == data.decode(encoding), name
