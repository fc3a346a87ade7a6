"""How well the voices are understood through the telephone path, by an offline recogniser.

The order of voices and their distance to a person are what the figures tell, not what people would
hear wrong. The recogniser does not know Turkmen: its nearest relative listens.
``python -m tests.ears`` prints the figures; docs/performance.md has them.
"""

from __future__ import annotations

import pytest

from ivr.settings import read_settings
from ivr.values import Language
from tests.ears.line import Line, Way
from tests.ears.listening import Listener, Relative
from tests.ears.recogniser import Recogniser
from tests.ears.sentences import REPERTOIRES, Repertoire

pytestmark = [pytest.mark.nightly, pytest.mark.timeout(1800)]

TK, RU, EN = Language.TURKMEN, Language.RUSSIAN, Language.ENGLISH


@pytest.fixture(scope="module")
def listener(tmp_path_factory: pytest.TempPathFactory) -> Listener:
    return Listener(Line(read_settings(), tmp_path_factory.mktemp("ears")), Recogniser())


@pytest.fixture(params=REPERTOIRES.values(), ids=REPERTOIRES)
def repertoire(request: pytest.FixtureRequest) -> Repertoire:
    found: Repertoire = request.param
    return found


class TestRussian:
    @pytest.mark.parametrize("way", Way)
    def test_digits(self, listener: Listener, repertoire: Repertoire, way: Way) -> None:
        numbers = listener.say(RU, repertoire.numbers, way)
        values = listener.say(RU, repertoire.values, way)
        assert listener.digits_wrong(RU, numbers).percent <= 8
        assert listener.digits_wrong(RU, values).percent <= 8

    def test_menus(self, listener: Listener, repertoire: Repertoire) -> None:
        menus = listener.say(RU, repertoire.menus)
        assert listener.words_wrong(RU, menus).percent <= 25


class TestEnglish:
    @pytest.mark.parametrize("way", Way)
    def test_digits(self, listener: Listener, repertoire: Repertoire, way: Way) -> None:
        numbers = listener.say(EN, repertoire.numbers, way)
        values = listener.say(EN, repertoire.values, way)
        assert listener.digits_wrong(EN, numbers).percent <= 12
        assert listener.digits_wrong(EN, values).percent <= 12

    def test_menus(self, listener: Listener, repertoire: Repertoire) -> None:
        menus = listener.say(EN, repertoire.menus)
        assert listener.words_wrong(EN, menus).percent <= 12


class TestTurkmen:
    @pytest.mark.parametrize("way", Way)
    def test_letters_of_numbers(self, listener: Listener, repertoire: Repertoire, way: Way) -> None:
        numbers = listener.say(TK, repertoire.numbers, way)
        values = listener.say(TK, repertoire.values, way)
        assert listener.letters_wrong(numbers, Relative.TURKISH).percent <= 30
        assert listener.letters_wrong(values, Relative.TURKISH).percent <= 30

    def test_menus_are_told_apart(self, listener: Listener, repertoire: Repertoire) -> None:
        menus = listener.say(TK, repertoire.menus)
        missed = listener.told_apart(menus, Relative.TURKISH)
        assert (missed.wrong, missed.of) == (0, 16)
