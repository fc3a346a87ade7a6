"""The habits of message centres, over real TCP: receipts, binds, types of numbers, TLS."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ivr import metrics
from ivr.domain.messages import DeliveryReceipt, MessageState, Taken, Why
from ivr.domain.values import Msisdn
from ivr.errors import TemporarilyUnavailable
from ivr.network import smpp
from ivr.network.pdu import Command
from ivr.network.smpp import Address, Role, SmppCentre, Types
from ivr.network.twolinks import TwoLinks
from ivr.simulators.smsc import SmscBehaviour, SmscSimulator
from ivr.simulators.smsc_habits import Habit
from ivr.testing.messages import MemoryOutbox

NUMBER = Msisdn("99365123456")
AGES = 20
"""Calls of ``attend`` after which what was sent long ago must have come."""


@pytest.fixture
def smsc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmscSimulator]:
    monkeypatch.setattr(smpp, "FIRST_PAUSE", 0.01)
    simulator = SmscSimulator(tmp_path / "smsc.sqlite")
    simulator.start()
    yield simulator
    simulator.close()


def connected(smsc: SmscSimulator, **others: object) -> SmppCentre:
    return SmppCentre(Address("ivr", "127.0.0.1", smsc.port), "", "0890", **others)  # type: ignore[arg-type]


class Sender:
    """An outbox with one message, sent over a link."""

    def __init__(self, centre: SmppCentre | TwoLinks, smsc: SmscSimulator) -> None:
        self.centre, self.smsc, self.outbox = centre, smsc, MemoryOutbox()
        self.outbox.put(NUMBER, "Done.", "order:1")
        self.receipts = 0

    def noted(self, receipt: DeliveryReceipt) -> None:
        self.receipts += 1
        self.outbox.receipt(receipt, datetime.now(UTC))

    def send(self) -> None:
        now = datetime.now(UTC)
        message = self.outbox.rows["order:1"]
        taken = self.centre.submit(message, 0, self.noted)
        assert isinstance(taken, Taken)
        self.outbox.acknowledged(message.id, 0, 1, taken.name, now, now)

    def until(self, is_so: Callable[[], bool]) -> None:
        """Attend until it is so, not for long."""
        for _ in range(AGES):
            if is_so():
                return
            self.centre.attend(0.05, self.noted)

    @property
    def state(self) -> MessageState:
        return self.outbox.rows["order:1"].state


TELLING = [habit for habit in Habit if habit is not Habit.NEVER]
ANSWERED = {Habit.TWICE: 2, Habit.OVERTURNED: 2, Habit.UNDERWAY: 3, Habit.CUT: 2}
"""How many requests there are in a habit, where it is not one."""


@pytest.mark.parametrize("arrives", [True, False], ids=["arrives", "lost"])
@pytest.mark.parametrize("habit", TELLING)
def test_the_end_of_a_message_is_known_from_every_habit(
    smsc: SmscSimulator, habit: Habit, arrives: bool
) -> None:
    smsc.habit, smsc.arrives = habit, arrives
    sender = Sender(connected(smsc), smsc)
    sender.send()
    sender.until(lambda: len(smsc.answered) == ANSWERED.get(habit, 1))
    sender.centre.close()
    wanted = MessageState.DELIVERED if arrives else MessageState.UNDELIVERED
    assert (sender.state, len(smsc.answered)) == (wanted, ANSWERED.get(habit, 1))
    statuses = [status for _, status in smsc.answered]
    assert statuses == ([0x02, 0x00] if habit is Habit.CUT else [0x00] * len(statuses))


def test_a_message_without_a_receipt_stays_sent(smsc: SmscSimulator) -> None:
    smsc.habit = Habit.NEVER
    sender = Sender(connected(smsc), smsc)
    sender.send()
    sender.centre.attend(0.0, sender.noted)
    sender.centre.close()
    assert (sender.state, sender.receipts) == (MessageState.SENT, 0)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (0x03, "IVR_SMSC_LINKS=two"),
        (0x05, "already bound"),
        (0x0D, "the name in IVR_SMSC or"),
        (0x0E, "check IVR_SMSC_PASSWORD"),
        (0x0F, "check NAME in IVR_SMSC"),
        (0x53, "IVR_SMSC_SYSTEM_TYPE"),
        (0x401, "ask its operator"),
    ],
)
def test_a_bind_that_is_refused_is_told_by_its_cause(
    smsc: SmscSimulator, status: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    smsc.bind_refusal = status
    told: list[str] = []
    monkeypatch.setattr(metrics, "put_off", told.append)
    with pytest.raises(TemporarilyUnavailable, match=words):
        connected(smsc).attend(0.0, lambda _: None)
    assert told == ([] if status in (0x05, 0x401) else [Why.SETTING])


def test_types_of_numbers_and_of_the_system_are_told_as_set(smsc: SmscSimulator) -> None:
    types = Types(source_ton=3, source_npi=9, number_ton=2, number_npi=8)
    address = Address("ivr", "127.0.0.1", smsc.port, system_type="VOICE")
    sender = Sender(SmppCentre(address, "", "0890", types), smsc)
    sender.send()
    sender.centre.close()
    assert (smsc.types, smsc.system_type) == ((3, 9, 2, 8), "VOICE")


@pytest.mark.parametrize(("source", "types"), [("0890", (0, 1, 1, 1)), ("MTS", (5, 0, 1, 1))])
def test_types_of_numbers_follow_the_sender_where_none_are_set(
    smsc: SmscSimulator, source: str, types: tuple[int, ...]
) -> None:
    address = Address("ivr", "127.0.0.1", smsc.port)
    sender = Sender(SmppCentre(address, "", source), smsc)
    sender.send()
    sender.centre.close()
    assert smsc.types == types


class TestTwoLinks:
    """A centre that knows no transceiver."""

    @pytest.fixture
    def old(self, smsc: SmscSimulator) -> SmscSimulator:
        smsc.kinds = frozenset({Command.BIND_TRANSMITTER, Command.BIND_RECEIVER})
        return smsc

    def test_a_transceiver_is_refused_with_the_way_out(self, old: SmscSimulator) -> None:
        with pytest.raises(TemporarilyUnavailable, match="IVR_SMSC_LINKS=two"):
            connected(old).attend(0.0, lambda _: None)

    def test_receipts_come_over_the_other_link(self, old: SmscSimulator) -> None:
        links = TwoLinks(connected(old, role=Role.SENDING), connected(old, role=Role.RECEIVING))
        sender = Sender(links, old)
        links.attend(0.0, sender.noted)
        sender.send()
        assert sender.state is MessageState.SENT
        sender.until(lambda: sender.receipts > 0)
        links.close()
        assert (sender.state, old.binds) == (MessageState.DELIVERED, 2)

    def test_messages_go_while_receipts_do_not_come(self, old: SmscSimulator) -> None:
        old.kinds = frozenset({Command.BIND_TRANSMITTER})
        links = TwoLinks(connected(old, role=Role.SENDING), connected(old, role=Role.RECEIVING))
        sender = Sender(links, old)
        links.attend(0.0, sender.noted)
        sender.send()
        links.close()
        assert (sender.state, old.binds) == (MessageState.SENT, 1)


class TestTls:
    """smpps://, with a certificate of one's own."""

    @pytest.fixture
    def pem(self, tmp_path: Path) -> Path:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False)
            .add_extension(x509.BasicConstraints(True, None), True)
            .sign(key, hashes.SHA256())
        )
        file = tmp_path / "centre.pem"
        plain = serialization.NoEncryption()
        form = serialization.PrivateFormat.PKCS8
        file.write_bytes(
            certificate.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(serialization.Encoding.PEM, form, plain)
        )
        return file

    @pytest.fixture
    def safe(self, smsc: SmscSimulator, pem: Path) -> SmscSimulator:
        smsc.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        smsc.tls.load_cert_chain(pem)
        return smsc

    def test_a_message_goes_and_its_receipt_comes(self, safe: SmscSimulator, pem: Path) -> None:
        safe.habit = Habit.TWICE  # two requests in one record of TLS
        trust = ssl.create_default_context(cafile=pem)
        sender = Sender(
            SmppCentre(Address("ivr", "localhost", safe.port, "", trust), "", "1"), safe
        )
        sender.send()
        sender.until(lambda: sender.receipts == 2)
        sender.centre.close()
        assert (sender.state, sender.receipts) == (MessageState.DELIVERED, 2)

    def test_a_centre_that_nobody_vouches_for_is_not_told_the_password(
        self, safe: SmscSimulator
    ) -> None:
        address = Address("ivr", "localhost", safe.port, "", ssl.create_default_context())
        with pytest.raises(TemporarilyUnavailable, match="set IVR_SMSC_CA to the file"):
            SmppCentre(address, "", "1").attend(0.0, lambda _: None)
        assert safe.binds == 0

    def test_a_centre_without_tls_is_told_as_such(self, smsc: SmscSimulator) -> None:
        smsc.patience = 0.1
        address = Address("ivr", "127.0.0.1", smsc.port, "", ssl.create_default_context())
        with pytest.raises(TemporarilyUnavailable, match="no TLS at"):
            SmppCentre(address, "", "1").attend(0.0, lambda _: None)


def test_a_storm_of_temporary_answers_loses_nothing(smsc: SmscSimulator) -> None:
    """A vendor's code, a wrong sender, a nack, and then the message goes."""
    sender = Sender(connected(smsc), smsc)
    for mood, status in (
        (SmscBehaviour.REFUSES, 0xFF),
        (SmscBehaviour.REFUSES, 0x414),
        (SmscBehaviour.REFUSES, 0x0A),
        (SmscBehaviour.NACKS, 0),
    ):
        smsc.mood, smsc.refusal = mood, status
        answer = sender.centre.submit(sender.outbox.rows["order:1"], 0, sender.noted)
        assert type(answer).__name__ == "NotNow"
    smsc.mood = SmscBehaviour.TAKES
    sender.send()
    sender.until(lambda: sender.state is not MessageState.SENT)
    sender.centre.close()
    assert (sender.state, smsc.binds) == (MessageState.DELIVERED, 1)
