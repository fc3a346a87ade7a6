"""Subscribers, their payments and their languages in memory."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ivr.care.payments import news, said_of_odd
from ivr.domain.actor import Actor, OperationKey
from ivr.domain.identification import Proof
from ivr.domain.payments import KnownPayment, PaymentRow
from ivr.domain.subscriber import NoPuk, PukBound, Status, Subscriber, Verifiers
from ivr.domain.values import Language, Money, Msisdn, Secret
from ivr.errors import KeyTaken, Unusable
from ivr.ports.care import Callers
from ivr.ports.subscribers import Payments, Subscribers
from ivr.testing.attempts import MemoryAttempts as MemoryAttempts


@dataclass
class MemorySubscribers(Subscribers):
    """Subscribers by number, with the verifiers of their secrets."""

    rows: dict[Msisdn, Subscriber] = field(default_factory=dict)
    secrets: dict[Msisdn, Verifiers] = field(default_factory=dict)
    puks: dict[Msisdn, Secret] = field(default_factory=dict)
    told: list[tuple[Msisdn, str, datetime]] = field(default_factory=list)
    """PUKs that were disclosed: number, to whom, when."""
    codewords: list[Msisdn] = field(default_factory=list)
    """Numbers whose code word was set, in order."""
    proofs: dict[Msisdn, Proof] = field(default_factory=dict)
    keys: dict[tuple[str, OperationKey], Msisdn] = field(default_factory=dict)
    """What was done to which number under which key."""
    attempts: MemoryAttempts | None = None
    """The failures that a new code word deletes."""

    def find(self, number: Msisdn) -> Subscriber | None:
        return self.rows.get(number)

    def among(self, numbers: Collection[Msisdn]) -> frozenset[Msisdn]:
        return frozenset(number for number in numbers if number in self.rows)

    def verifiers(self, number: Msisdn) -> Verifiers | None:
        return self.secrets.get(number, Verifiers()) if number in self.rows else None

    def set_codeword(
        self, actor: Actor, key: OperationKey, number: Msisdn, verifiers: Verifiers
    ) -> bool:
        if number not in self.rows:
            return False
        if self._is_done("set", key, number):
            return True
        passport = self.secrets.get(number, Verifiers()).passport
        self.secrets[number] = dataclasses.replace(verifiers, passport=passport)
        self.codewords.append(number)
        self.change(number)
        if self.attempts is not None:
            self.attempts.forget_all(number)
        return True

    def renew_keys(self, number: Msisdn, known: Verifiers, renewed: Verifiers) -> None:
        stored = self.secrets.get(number, Verifiers())
        latin, cyrillic = renewed.keys_latin, renewed.keys_cyrillic
        if (stored.keys_latin, stored.keys_cyrillic) == (known.keys_latin, known.keys_cyrillic):
            self.secrets[number] = dataclasses.replace(
                stored, keys_latin=latin, keys_cyrillic=cyrillic
            )

    def clear_codeword(self, actor: Actor, key: OperationKey, number: Msisdn) -> bool:
        if ("clear", key) in self.keys:
            return self._is_done("clear", key, number)
        known = self.secrets.get(number)
        if known is None or known.codeword is None:
            return False
        self.secrets[number] = Verifiers(passport=known.passport)
        self.change(number)
        return self._is_done("clear", key, number) or True

    def proof(self, number: Msisdn) -> Proof | None:
        row = self.rows.get(number)
        if row is None or row.status is Status.TERMINATED:
            return None
        return self.proofs.get(number, Proof(0))

    def change(self, number: Msisdn, call: str = "") -> None:
        """End the proofs of a number: something changed, perhaps by an order."""
        self.proofs[number] = Proof(self.proofs.get(number, Proof(0)).version + 1, call)

    def puk(self, number: Msisdn) -> Secret | None:
        return self.puks.get(number)

    def _is_done(self, what: str, key: OperationKey, number: Msisdn) -> bool:
        """Whether it was done before; notes that it is done now."""
        is_done = (what, key) in self.keys
        if self.keys.setdefault((what, key), number) != number:
            raise KeyTaken
        return is_done

    def note_puk(
        self, actor: Actor, key: OperationKey, number: Msisdn, at: datetime, bound: PukBound
    ) -> NoPuk | None:
        if ("puk", key) in self.keys:
            self._is_done("puk", key, number)
            return None
        row = self.rows.get(number)
        since = max(bound.since, row.owner_since) if row and row.owner_since else bound.since
        mine = [(whom, when) for told, whom, when in self.told if told == number]
        if sum(whom == str(actor) for whom, _ in mine) >= bound.to_actor:
            return NoPuk.TWICE
        if sum(when > since for _, when in mine) >= bound.most:
            return NoPuk.OFFICE
        self._is_done("puk", key, number)
        self.told.append((number, str(actor), at))
        return None


@dataclass
class MemoryPayments(Payments):
    """Payments in the order of their import."""

    rows: list[KnownPayment] = field(default_factory=list)
    keys: dict[OperationKey, int] = field(default_factory=dict)
    """How many were new under which key."""

    def newest(self, number: Msisdn, most: int) -> Sequence[tuple[datetime, Money]]:
        mine = [(each.row.at, each.row.amount) for each in self.rows if each.row.number == number]
        return sorted(mine, key=lambda each: each[0], reverse=True)[:most]

    def add(
        self,
        actor: Actor,
        key: OperationKey,
        payments: Sequence[tuple[Msisdn, datetime, Money] | PaymentRow],
    ) -> int:
        return self.add_files(actor, key, [[PaymentRow(*each) for each in payments]])

    def _add(self, payments: Sequence[PaymentRow]) -> int:
        found = news(self.rows, payments)
        if found.odd:
            raise Unusable(said_of_odd(found.odd))
        named = {(each.row.equal, each.ordinal): each for each in found.named}
        self.rows = [named.get((each.row.equal, each.ordinal), each) for each in self.rows]
        self.rows.extend(found.fresh)
        return len(found.fresh)

    def add_files(
        self, actor: Actor, key: OperationKey, files: Sequence[Sequence[PaymentRow]]
    ) -> int:
        before = list(self.rows)
        try:
            if key not in self.keys:
                self.keys[key] = sum(map(self._add, files))
            return self.keys[key]
        except Unusable:
            self.rows = before
            raise


@dataclass
class MemoryCallers(Callers):
    """Languages by calling number."""

    languages: dict[Msisdn, Language] = field(default_factory=dict)

    def language(self, caller: Msisdn) -> Language | None:
        return self.languages.get(caller)

    def remember(self, caller: Msisdn, language: Language) -> None:
        self.languages[caller] = language
