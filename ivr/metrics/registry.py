"""All metrics of a process: names, units and labels.

Names follow Prometheus: seconds, bytes, ``_total`` for counters. Every label has a closed set of
values: words of this program, languages, goals of the flow; never a number, a name or anything that
a caller keyed. The children of a metric are looked up once and kept, because every call needs them
several times.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import Generic, TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics
from prometheus_client.metrics import MetricWrapperBase

from ivr.domain.call import CallOutcome, IdentificationMethod
from ivr.domain.fax import FaxReason
from ivr.domain.identification import LockState, Verdict
from ivr.domain.messages import MessageState, Why
from ivr.domain.orders import OrderState
from ivr.domain.values import Language

disable_created_metrics()  # type: ignore[no-untyped-call]

SHORT = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)
"""Buckets in seconds for short operations."""
LONG = (5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0)
"""Buckets in seconds for calls."""
NO_LANGUAGE = "none"
"""The language of a call that ended before one was chosen."""
AFTER = ("key", "entry", "secret", "confirmation")
"""Input before a prompt: a menu key; digits; a secret, whose check takes 0.5 s by design; a key of
a yes-or-no question, which may start a request to the network."""
REFUSED = ("max-calls", "cpu", "unanswered", "caller", "stranger")
LET_GO = ("no-progress", "too-long")
ENDED = (OrderState.COMPLETED, OrderState.REJECTED, OrderState.FAILED, OrderState.CANCELLED)
FAX_ENDS = ("sent", *FaxReason)
"""Possible ends of a try to send a fax."""
WAITING = (MessageState.WAITING, MessageState.CAPPED)
PARTS_BEHIND = ("network", "billing", "catalogue", "back office")
OPEN = {"closed": 0, "half-open": 1, "open": 2}
"""Breaker states as figures."""

M = TypeVar("M", bound=MetricWrapperBase)


class Children(dict[tuple[str, ...], M], Generic[M]):
    """The children of a metric by the values of their labels."""

    def __init__(self, metric: M, known: Iterable[tuple[str, ...]] = ()) -> None:
        """``known`` start at 0, so that Prometheus sees their first increase."""
        self._metric = metric
        for labels in known:
            self[labels]

    def __missing__(self, labels: tuple[str, ...]) -> M:
        child = self[labels] = self._metric.labels(*labels)
        return child


class MetricsRegistry:
    """The metrics of one process. The functions in ``ivr.metrics`` change them."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()

        def counter(name: str, text: str, *labels: str) -> Counter:
            return Counter(name, text, labels, registry=registry)

        def gauge(name: str, text: str, *labels: str, mode: str = "livesum") -> Gauge:
            return Gauge(name, text, labels, registry=registry, multiprocess_mode=mode)  # type: ignore[arg-type]

        self.calls = Children(
            counter(
                "ivr_calls_total",
                "Dialogues by how they ended; a call that comes back from the queue counts again.",
                *("outcome", "language"),
            ),
            product(CallOutcome, (*Language, NO_LANGUAGE)),
        )
        self.call_seconds = Histogram(
            "ivr_call_seconds", "How long dialogues lasted.", buckets=LONG, registry=registry
        )
        self.goals = Children(counter("ivr_goals_total", "Goals that callers reached.", "goal"))
        self.refused = Children(
            counter("ivr_calls_refused_total", "New calls that were not let in.", "reason"),
            ((reason,) for reason in REFUSED),
        )
        self.let_go = Children(
            counter("ivr_calls_let_go_total", "Calls that the line ended by itself.", "reason"),
            ((reason,) for reason in LET_GO),
        )
        self.resumed = counter(
            "ivr_calls_resumed_total", "Calls that were taken over from another worker."
        )
        self.prompt = Children(
            Histogram(
                "ivr_key_to_prompt_seconds",
                "From the reply that carries a key to the command that plays the next prompt.",
                ["after"],
                buckets=SHORT,
                registry=registry,
            ),
            ((after,) for after in AFTER),
        )
        self.commands = Children(
            counter("ivr_agi_commands_total", "Commands to Asterisk, of every kind.", "command")
        )
        self.command_seconds = Children(
            Histogram(
                "ivr_agi_command_seconds",
                "Commands to Asterisk that do not wait for the caller.",
                ["command"],
                buckets=SHORT,
                registry=registry,
            )
        )
        self.identified = Children(
            counter(
                "ivr_identification_total",
                "Attempts to identify.",
                *("means", "verdict"),
            ),
            product(IdentificationMethod, Verdict),
        )
        self.identification_stands = Children(
            counter(
                "ivr_identification_standing_total",
                "Callers who asked to identify, by whether they may try.",
                "standing",
            ),
            ((standing,) for standing in LockState),
        )
        self.orders_placed = counter("ivr_orders_placed_total", "Orders that were written down.")
        self.orders_settled = Children(
            counter("ivr_orders_settled_total", "Orders that came to their end.", "state"),
            ((state,) for state in ENDED),
        )
        self.messages = Children(
            counter(
                "ivr_messages_settled_total",
                "Text messages that came to an end or a receipt.",
                "state",
            ),
            ((state,) for state in MessageState if state not in WAITING),
        )
        self.put_off = Children(
            counter(
                "ivr_messages_put_off_total",
                "Text messages, and links, that the message centre did not take for now.",
                "why",
            ),
            ((why,) for why in Why),
        )
        self.faxes = Children(
            counter(
                "ivr_faxes_total",
                "Faxes that were sent or given up, by the end of their last try.",
                "end",
            ),
            ((end,) for end in FAX_ENDS),
        )
        self.fax_tries = Children(
            counter("ivr_fax_tries_total", "Tries to send a fax, by how they ended.", "end"),
            ((end,) for end in FAX_ENDS),
        )
        self.circuit = Children(
            gauge(
                "ivr_network_circuit",
                "The breaker of a part of the network: 0 closed, 1 half open, 2 open; the"
                " worst worker's.",
                "part",
                mode="livemax",
            )
        )
        self.misunderstood = Children(
            counter(
                "ivr_network_misunderstood_total",
                "Answers of the network that could not be read.",
                "part",
            ),
            ((part,) for part in PARTS_BEHIND),
        )
        self.rounds = Children(
            counter(
                "ivr_rounds_total",
                "Rounds of the loops that work in the background, by how they ended.",
                *("loop", "result"),
            )
        )
        self.pool_in_use = gauge(
            "ivr_database_pool_in_use", "Connections to the database that are at work."
        )
        self.pool_size = gauge(
            "ivr_database_pool_size", "Connections to the database that may be opened."
        )
        self.cpu = counter("ivr_process_cpu_seconds_total", "Processor time of our processes.")
        self.memory = gauge("ivr_process_resident_bytes", "Memory of our processes.")
        self.threads = gauge("ivr_process_threads", "Threads of our processes.")
        self.files = gauge("ivr_process_open_files", "Files and sockets of our processes.")
