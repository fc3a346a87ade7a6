"""All that is said at once is one answer, whose caller waits once for its values."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from ivr.domain.dialogue import Utterance, Value
from ivr.domain.payments import Bill, BillLine
from ivr.domain.values import Language, Money
from ivr.flow.document import Flow
from ivr.testing.demo import NUMBER, Operator
from ivr.testing.dial import dial
from ivr.testing.prompts import EchoPrompts
from ivr.testing.telephone import FakeTelephone

LINES = tuple(BillLine("", Money(100), f"item {letter}") for letter in "abcdefgh")


class Numbered(EchoPrompts):
    """Every text says of which answer it is."""

    def __init__(self, answers: list[int], number: int = 0) -> None:
        self.answers, self.number = answers, number

    def for_answer(self) -> Numbered:
        self.answers.append(len(self.answers) + 1)
        return Numbered(self.answers, self.answers[-1])

    def say(self, language: Language, key: str, **values: Value) -> Utterance:
        return Utterance(key, language, str(self.number))


class Telephone(FakeTelephone):
    """Notes what is heard in one go."""

    rows: list[list[Utterance]]

    def __init__(self, keys: str) -> None:
        super().__init__(keys)
        self.rows = []

    def play(self, utterances: Sequence[Utterance]) -> None:
        super().play(utterances)
        self.rows.append(list(utterances))

    def _hear(self, utterances: Sequence[Utterance], options: Sequence[Utterance]) -> None:
        super()._hear(utterances, options)
        self.rows.append([*utterances, *options])


def test_what_is_heard_in_one_go_is_one_answer(flow: Flow, operator: Operator) -> None:
    month = date(2026, 10, 1)
    operator.bills.bills[NUMBER, month] = Bill(month, "1", LINES, Money(800), Money(0))
    phones: list[Telephone] = []

    def telephone(keys: str) -> Telephone:
        phones.append(Telephone(keys))
        return phones[-1]

    dial(
        flow,
        operator.care,
        operator.clock,
        "3 1 3 2",
        prompts=Numbered([]),
        subscriber=NUMBER,
        telephone=telephone,
    )
    rows = [row for row in phones[0].rows if row]
    answers = [{each.words for each in row} for row in rows]
    assert [each.key for each in rows[-1]].count("account.bill.named") == len(LINES)
    assert [len(each) for each in answers] == [1] * len(rows), "each row is of one answer"
    assert len(set.union(*answers)) == len(rows), "no two rows are of the same answer"
