"""Wishes, and how the rules answer."""

from __future__ import annotations

from datetime import datetime

from ivr.domain.services import Change
from ivr.domain.values import Msisdn, ServiceId
from ivr.testing.clock import ASHGABAT

HOME = "99312223344"
FRIEND = Msisdn("99361000000")
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=ASHGABAT)
RULES = """
tariffs: {oba: {monthly: "1.00"}, duet: {monthly: "2.00"}}
services:
  plain: {}
  day: {hours: "08:00-20:00"}
  night: {hours: "22:00-06:00"}
  needy: {requires: [day]}
  rich: {balance: "5.00", once: "2.00"}
  saver: {excludes: [plain]}
  late: {states: [blocked]}
  tuned: {once: "3.00", modify: "1.00", modify_days: 30, premium: ["69"]}
"""


def turn(service: str, on: bool = True) -> Change:
    return Change(ServiceId(service), on)
