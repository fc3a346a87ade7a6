"""Round amounts finer than a teňňe to whole teňňe, so that the lines of a bill add up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from ivr.domain.values import Money

WHOLE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Line:
    """One item of a bill; ``amount`` is in manat, with billing's decimals."""

    item: str
    name: str
    amount: Decimal


def tenge(manat: Decimal) -> Money:
    """Round manat to whole teňňe, half up."""
    return Money(int((manat * 100).quantize(WHOLE, ROUND_HALF_UP)))


def whole_lines(lines: Sequence[Line], told: Decimal | None) -> list[Money]:
    """Round the amounts so that they add up to the bill's total; None: to their exact sum.

    Bills round their total, or each line: both are accepted. The rest from rounding goes to the
    lines that lost most by it. ValueError: the lines do not add up to the bill's total.
    """
    exact = [line.amount * 100 for line in lines]
    total = tenge(sum((line.amount for line in lines), Decimal(0))).tenge
    if told is not None:
        each_rounded = sum(tenge(line.amount).tenge for line in lines)
        if tenge(told).tenge not in (total, each_rounded):
            raise ValueError("the items of a bill do not add up to its sum")
        total = tenge(told).tenge
    floors = [int(amount.quantize(WHOLE, ROUND_FLOOR)) for amount in exact]
    lost = sorted(range(len(exact)), key=lambda at: (floors[at] - exact[at], at))
    left = total - sum(floors)
    for at in (lost * (abs(left) // max(len(lost), 1) + 1))[: abs(left)]:
        floors[at] += 1 if left > 0 else -1
    return [Money(amount) for amount in floors]
