"""The subscriber database and its payments."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from ivr.domain.actor import Actor, OperationKey
from ivr.domain.identification import Proof
from ivr.domain.imports import Imported, PackagesImported, SubscriberRow
from ivr.domain.payments import PaymentRow
from ivr.domain.subscriber import NoPuk, PukBound, Subscriber, Verifiers
from ivr.domain.values import Money, Msisdn, Secret


class Subscribers(Protocol):
    """The subscriber database."""

    def find(self, number: Msisdn) -> Subscriber | None: ...

    def among(self, numbers: Collection[Msisdn]) -> frozenset[Msisdn]:
        """Return the ``numbers`` that belong to subscribers."""
        ...

    def verifiers(self, number: Msisdn) -> Verifiers | None: ...

    def proof(self, number: Msisdn) -> Proof | None:
        """Return the proof version that is current for a number, with one indexed read.

        Return None if the number is unknown or terminated.
        """
        ...

    def set_codeword(
        self, actor: Actor, key: OperationKey, number: Msisdn, verifiers: Verifiers
    ) -> bool:
        """Replace the code word's verifiers (not the passport's), with an audit entry.

        Proofs of the right to the number end, and all its failures are forgotten: the owner was in
        the office. False if there is no such number. With the key of one that is done: True, and
        nothing changes; KeyTaken: that one was of another number.
        """
        ...

    def renew_keys(self, number: Msisdn, known: Verifiers, renewed: Verifiers) -> None:
        """Store the key verifiers of the same code word in a newer form; keep proofs and failures.

        Store nothing if the present verifiers are not ``known``: the code word was changed.
        """
        ...

    def clear_codeword(self, actor: Actor, key: OperationKey, number: Msisdn) -> bool:
        """Take the code word away, with an audit entry; proofs of the right to the number end.

        Failures and locks stay. False if the number has no code word, or there is no such number.
        The key as for ``set_codeword``.
        """
        ...

    def puk(self, number: Msisdn) -> Secret | None:
        """Return the PUK of the number's SIM card; None: it is unknown."""
        ...

    def note_puk(
        self, actor: Actor, key: OperationKey, number: Msisdn, at: datetime, bound: PukBound
    ) -> NoPuk | None:
        """Add an audit entry that the PUK is told at ``at``.

        Return why it must not be told, and add nothing, if a limit is reached: TWICE for
        ``bound.to_actor``, OFFICE for ``bound.most``. With the key of one that is done: None, and
        nothing changes; KeyTaken: that one was of another number.
        """
        ...


class ImportProgress(Protocol):
    """Receives the progress of an import."""

    def advance(self, rows: int) -> None:
        """Report that ``rows`` more rows were read."""
        ...

    def writing(self) -> None:
        """Report that all rows are read and are being written."""
        ...


class SubscriberImports(Protocol):
    """Imports subscribers from other systems."""

    def take_over(
        self,
        actor: Actor,
        key: OperationKey,
        rows: Iterable[SubscriberRow],
        as_of: datetime | None = None,
        took: timedelta = timedelta(0),
        progress: ImportProgress | None = None,
    ) -> Imported:
        """Add or update every row, or none, with an audit entry.

        ``rows`` may raise while it is read; nothing is changed then. ``as_of`` is the time that the
        rows are of: now, if none is given; services may be older by what the export ``took``.
        With the key of one that is done: its answer, and no row is read.
        """
        ...


class Packages(Protocol):
    """The remaining volume of packages, as the operator's meter reports it."""

    def set_left(
        self, actor: Actor, key: OperationKey, left: Mapping[str, int]
    ) -> PackagesImported:
        """Set what is left of each package, named by the external id of the order that bought it.

        All or none, with an audit entry. ``over`` counts the ids that have none: unknown ones, and
        those whose package is gone. With the key of one that is done: its answer.
        """
        ...


class Payments(Protocol):
    """Payments to accounts, as the operator's billing system reports them."""

    def newest(self, number: Msisdn, most: int) -> Sequence[tuple[datetime, Money]]:
        """Return up to ``most`` payments with their times, newest first."""
        ...

    def add(
        self,
        actor: Actor,
        key: OperationKey,
        payments: Sequence[tuple[Msisdn, datetime, Money] | PaymentRow],
    ) -> int:
        """Import payments of known numbers, all or none, with an audit entry.

        Answers how many were new: see ``ivr.care.payments``. Unusable: a reference is known with
        another moment or amount. With the key of one that is done: its answer.
        """
        ...

    def add_files(
        self, actor: Actor, key: OperationKey, files: Sequence[Sequence[PaymentRow]]
    ) -> int:
        """As add, of several files one after another: equal payments count within each."""
        ...
