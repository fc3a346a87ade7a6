"""The tables. Times are aware and in UTC, money is in whole teňňe, states are TM Forum's terms.

The migrations in ``db/versions`` create exactly these tables; a test compares the two.
"""

from __future__ import annotations

from ivr.store.tables.content import announcements, live_release, releases
from ivr.store.tables.installation import audit, database_form, fingerprints
from ivr.store.tables.messages import message_parts, messages
from ivr.store.tables.orders import (
    callbacks,
    fax_tries,
    invoice_years,
    invoices,
    order_items,
    orders,
    promises,
    requests,
)
from ivr.store.tables.people import (
    attempts,
    caller_languages,
    identification_codes,
    payments,
    subscriber_packages,
    subscriber_services,
    subscribers,
)

__all__ = [
    "announcements",
    "attempts",
    "audit",
    "callbacks",
    "caller_languages",
    "database_form",
    "fax_tries",
    "fingerprints",
    "identification_codes",
    "invoice_years",
    "invoices",
    "live_release",
    "message_parts",
    "messages",
    "order_items",
    "orders",
    "payments",
    "promises",
    "releases",
    "requests",
    "subscriber_packages",
    "subscriber_services",
    "subscribers",
]
