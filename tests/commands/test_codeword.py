"""``ivr codeword set`` and ``ivr unlock``, as a clerk meets them."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from ivr.__main__ import app
from ivr.care.codewords import Weakness
from ivr.commands.clerk import WORDS, language
from ivr.commands.codeword import read_word
from ivr.domain.call import IdentificationMethod, Origin
from ivr.domain.identification import Attempt, CallerKind
from ivr.domain.values import Language, Msisdn
from ivr.errors import Unusable
from ivr.settings import PROJECT
from ivr.wiring.container import Container, open_container

NUMBER = Msisdn("99365123456")
WORD, KEYS = "merjenim", "63753646"


@pytest.fixture
def container(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Container:
    """An installation with the demo subscribers."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IVR_HOME", str(tmp_path / "home"))
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "IVR_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    done = run("subscribers", "import", str(PROJECT / "db" / "demo.csv"))
    assert done.exit_code == 0, done.output
    return open_container()


def run(*words: str, given: str = "") -> Result:
    return CliRunner().invoke(app, list(words), input=given)


def refusal(done: Result) -> str:
    assert isinstance(done.exception, Unusable)
    return str(done.exception)


def matches(container: Container, keys: str = KEYS) -> bool:
    verifiers = container.store.subscribers.verifiers(NUMBER)
    assert verifiers is not None
    return container.verifying.check_keys(verifiers, keys).matches


class TestSet:
    @pytest.mark.parametrize("typed", [NUMBER, "65123456", "+993 65 12-34-56"])
    def test_the_word_is_set_and_never_shown(self, container: Container, typed: str) -> None:
        done = run("codeword", "set", typed, given=f"{WORD}\n")
        assert done.exit_code == 0
        assert done.stderr == "the code word of …56 is set\n"
        assert done.stdout == ""
        assert WORD not in done.output
        assert matches(container)

    def test_it_is_audited_without_the_word(self, container: Container) -> None:
        run("codeword", "set", NUMBER, given=f"{WORD}\n")
        entry = container.store.audit.newest(1, NUMBER)[0]
        assert entry.action == "codeword.set"
        assert entry.author
        assert WORD not in repr(entry)

    def test_a_short_one_is_taken_with_an_advice(self, container: Container) -> None:
        done = run("codeword", "set", NUMBER, given="göwher\n")
        assert done.stderr.endswith("advice: 8 or more letters are safer\n")

    def test_a_weak_one_is_refused_and_changes_nothing(self, container: Container) -> None:
        run("codeword", "set", NUMBER, given=f"{WORD}\n")
        assert "a simple sequence" in refusal(run("codeword", "set", NUMBER, given="222222\n"))
        assert matches(container)

    def test_nobody_has_none(self, container: Container) -> None:
        assert refusal(run("codeword", "set", "99361999999", given=WORD)) == (
            "there is no subscriber …99"
        )

    def test_what_is_no_number_is_refused(self, container: Container) -> None:
        assert "'12' is not a mobile number" in refusal(run("codeword", "set", "12", given=WORD))

    def test_it_ends_the_locks_of_both_kinds_of_caller_and_open_proofs(
        self, container: Container
    ) -> None:
        for index in range(20):
            kind = CallerKind.OWN if index % 2 else CallerKind.KNOWN
            container.store.attempts.open(attempt(f"c{index}"), kind, container.clock.now())
        before = container.store.subscribers.proof(NUMBER)
        run("codeword", "set", NUMBER, given=WORD)
        assert failures(container) == (0, 0)
        after = container.store.subscribers.proof(NUMBER)
        assert before is not None
        assert after is not None
        assert after.version == before.version + 1


def attempt(call: str = "c") -> Attempt:
    return Attempt(call, NUMBER, Origin(), IdentificationMethod.CODEWORD)


def failures(container: Container) -> tuple[int, ...]:
    """Failures that stand against the number: of its own phone, and of others."""
    kinds = (CallerKind.OWN, CallerKind.UNKNOWN)
    now = container.clock.now()
    return tuple(container.store.attempts.counts(attempt(), kind, now).in_row for kind in kinds)


class TestFiles:
    """The word in a file, as editors save it."""

    @pytest.mark.parametrize(
        "data",
        [
            f"{WORD}\r\n".encode(),
            f"\n\n{WORD}".encode(),
            f"{WORD}\n".encode("utf-8-sig"),
            f"{WORD}\r\n".encode("utf-16"),
            f"{WORD}\n".encode("utf-16-le"),
            f"{WORD}\n".encode("utf-16-be"),
            f"\u200b{WORD}\u200e\u00a0\n".encode(),
            "mer\u00adje\u200bnim\n".encode(),
            f"“{WORD}”\n".encode(),
            f'="{WORD}"\n'.encode(),
            f"'{WORD}\n".encode(),
        ],
    )
    def test_it_is_read(self, data: bytes) -> None:
        assert read_word(data) == WORD

    @pytest.mark.parametrize("word", ["göwherim", "Сапармурат"])
    def test_in_each_alphabet(self, word: str) -> None:
        for encoding in ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"):
            assert read_word(f"{word}\r\n".encode(encoding)) == word

    @pytest.mark.parametrize(
        ("data", "said"),
        [
            ("сапармурат".encode("cp1251"), "not text in UTF-8 or UTF-16"),
            (b"PK\x03\x04" + bytes(99), "not text in UTF-8 or UTF-16"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "not text in UTF-8 or UTF-16"),
            (b"merjenim" * 2_000, "not text in UTF-8 or UTF-16"),
            (b"merjenim\nmerjenim\n", "the file has 2 lines"),
        ],
    )
    def test_the_rest_is_refused_by_its_cause(self, data: bytes, said: str) -> None:
        with pytest.raises(Unusable, match=said):
            read_word(data)

    def test_a_command_reads_it(self, container: Container) -> None:
        done = CliRunner().invoke(
            app, ["codeword", "set", NUMBER], input=f"{WORD}\r\n".encode("utf-16")
        )
        assert done.stderr == "the code word of …56 is set\n"
        assert matches(container)


class TestClear:
    def test_the_word_is_gone_and_proofs_end(self, container: Container) -> None:
        run("codeword", "set", NUMBER, given=WORD)
        before = container.store.subscribers.proof(NUMBER)
        assert run("codeword", "clear", NUMBER).stderr.startswith("the code word of …56 is cleared")
        assert not matches(container)
        known = container.store.subscribers.verifiers(NUMBER)
        assert known is not None
        assert known.passport is not None
        after = container.store.subscribers.proof(NUMBER)
        assert before is not None
        assert after is not None
        assert after.version == before.version + 1
        entry = container.store.audit.newest(1, NUMBER)[0]
        assert entry.action == "codeword.clear"

    def test_locks_stay(self, container: Container) -> None:
        run("codeword", "set", NUMBER, given=WORD)
        container.store.attempts.open(attempt(), CallerKind.OWN, container.clock.now())
        run("codeword", "clear", NUMBER)
        assert failures(container) == (1, 0)

    def test_there_may_be_nothing_to_clear(self, container: Container) -> None:
        run("codeword", "clear", NUMBER)
        assert run("codeword", "clear", NUMBER).stderr == "…56 has no code word: nothing to clear\n"
        assert refusal(run("codeword", "clear", "99361999999")) == "there is no subscriber …99"


class TestUnlock:
    def test_a_lock_ends(self, container: Container) -> None:
        for index in range(5):
            kind = CallerKind.OWN if index % 2 else CallerKind.KNOWN
            container.store.attempts.open(attempt(f"c{index}"), kind, container.clock.now())
        assert run("unlock", NUMBER).stderr == "…56 is unlocked\n"
        assert failures(container) == (0, 0)
        assert run("unlock", NUMBER).stderr == "…56 has no failed attempts: nothing to unlock\n"

    def test_nobody_has_a_lock(self, container: Container) -> None:
        assert refusal(run("unlock", "99361999999")) == "there is no subscriber …99"


class TestLanguages:
    @pytest.mark.parametrize(
        ("locale", "expected"),
        [
            ({"LANG": "tk_TM.UTF-8"}, Language.TURKMEN),
            ({"LANG": "ru_RU.UTF-8"}, Language.RUSSIAN),
            ({"LANG": "en_GB.UTF-8"}, Language.ENGLISH),
            ({"LANG": "C.UTF-8"}, Language.ENGLISH),
            ({}, Language.ENGLISH),
            ({"LANG": "ru_RU.UTF-8", "LC_ALL": "tk"}, Language.TURKMEN),
        ],
    )
    def test_a_clerk_reads_the_language_of_the_terminal(
        self, monkeypatch: pytest.MonkeyPatch, locale: dict[str, str], expected: Language
    ) -> None:
        for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
            monkeypatch.delenv(name, raising=False)
        for name, value in locale.items():
            monkeypatch.setenv(name, value)
        assert language() is expected

    def test_every_sentence_is_there_in_every_language_with_the_same_values(self) -> None:
        assert set(WORDS) >= set(Weakness)
        for name, sentences in WORDS.items():
            assert set(sentences) == set(Language), name
            fields = {
                tuple(sorted(field for _, field, _, _ in string.Formatter().parse(text) if field))
                for text in sentences.values()
            }
            assert len(fields) == 1, name
            assert len(set(sentences.values())) == 3, name

    def test_the_answer_is_in_it(
        self, container: Container, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("LANG", "tk_TM.UTF-8")
        done = run("codeword", "set", NUMBER, given=f"{WORD}\n")
        assert done.stderr == "…56 belginiň kod sözi bellendi\n"
