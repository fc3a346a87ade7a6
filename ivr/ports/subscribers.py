"""The subscriber database and its payments."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from ivr.domain.identification import Proof
from ivr.domain.imports import Imported, SubscriberRow
from ivr.domain.payments import PaymentRow
from ivr.domain.subscriber import Subscriber, Verifiers
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

    def set_codeword(self, number: Msisdn, verifiers: Verifiers, author: str) -> bool:
        """Replace the code word's verifiers (not the passport's), with an audit entry.

        Existing proofs of the right to the number end, and all its failures are cleared, because
        the owner was in the office. Return False if the number is unknown.
        """
        ...

    def renew_keys(self, number: Msisdn, known: Verifiers, renewed: Verifiers) -> None:
        """Store the key verifiers of the same code word in a newer form; keep proofs and failures.

        Store nothing if the present verifiers are not ``known``: the code word was changed.
        """
        ...

    def clear_codeword(self, number: Msisdn, author: str) -> bool:
        """Remove the code word, with an audit entry; proofs of the right to the number end.

        Failures and locks stay. Return False if the number has no code word or is unknown.
        """
        ...

    def puk(self, number: Msisdn) -> Secret | None:
        """Return the PUK of the number's SIM card; None: it is unknown."""
        ...

    def puks_told(self, number: Msisdn, author: str) -> int:
        """Count how often the PUK was told to ``author``, by the audit."""
        ...

    def note_puk(
        self, number: Msisdn, author: str, at: datetime, since: datetime, most: int
    ) -> bool:
        """Add an audit entry that the PUK is told at ``at``.

        Return False and add nothing if it was told ``most`` times to this owner since ``since``.
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
        rows: Iterable[SubscriberRow],
        author: str,
        as_of: datetime | None = None,
        took: timedelta = timedelta(0),
        progress: ImportProgress | None = None,
    ) -> Imported:
        """Add or update every row, or none, with an audit entry.

        If reading ``rows`` raises, nothing is changed. ``as_of`` is the time of the rows' data
        (default: now); services may be older by ``took``, the duration of the export.
        """
        ...


class Packages(Protocol):
    """The remaining volume of packages, as the operator's meter reports it."""

    def set_left(self, left: Mapping[str, int], author: str) -> Sequence[str]:
        """Set the remaining volume of packages, all or none, with an audit entry.

        A package is named by the external id of the order that bought it. Return the ids that are
        unknown or whose package is gone.
        """
        ...


class Payments(Protocol):
    """Payments to accounts, as the operator's billing system reports them."""

    def newest(self, number: Msisdn, most: int) -> Sequence[tuple[datetime, Money]]:
        """Return up to ``most`` payments with their times, newest first."""
        ...

    def add(
        self, payments: Sequence[tuple[Msisdn, datetime, Money] | PaymentRow], author: str
    ) -> int:
        """Import payments of known numbers, all or none, with an audit entry.

        Return how many were new: see ``ivr.care.paying``. Raise Unusable if a reference is known
        with another time or amount.
        """
        ...

    def add_files(self, files: Sequence[Sequence[PaymentRow]], author: str) -> int:
        """As ``add``, for several files in order. Equal payments are counted within each file."""
        ...
