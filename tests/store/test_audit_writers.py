"""Every kind of act has a writer, which tells who, by which way and key, on what and where."""

from __future__ import annotations

import platform
from dataclasses import replace
from datetime import timedelta

from ivr.domain.actor import OperationKey
from ivr.domain.audit import AuditEntry, DataRead, PersonalData, Tag
from ivr.domain.call import IdentificationMethod, Origin
from ivr.domain.callbacks import Asked, Bound, CallbackResult
from ivr.domain.content import Announcement
from ivr.domain.identification import Attempt, CallerKind
from ivr.domain.messages import MessageState
from ivr.domain.orders import OrderState
from ivr.domain.services import Change
from ivr.domain.subscriber import PukBound, Verifiers
from ivr.domain.values import Language, Money, Secret
from ivr.settings import PROJECT
from ivr.staff.users import Invitation
from ivr.store import Store
from ivr.testing.acting import at_terminal, by, named
from tests.contracts.contacts_contract import talk
from tests.contracts.order_book_contract import NOW, order
from tests.contracts.settled_orders_contract import FORWARDING
from tests.staff.bench import OTHER_PASSWORD, PASSWORD, Bench, new_key
from tests.store.rows import NUMBER, PASSPORT_KEYS, PUK, fill, row

OF_STAFF = frozenset(tag for tag in Tag if tag.startswith("staff."))
WHOLE = frozenset(
    {
        Tag.ANNOUNCEMENT_SET,
        Tag.RELEASE_PUBLISH,
        Tag.RELEASE_POINT,
        Tag.SUBSCRIBERS_IMPORT,
        Tag.PAYMENTS_IMPORT,
        Tag.PACKAGES_IMPORT,
        Tag.PEPPER_REPLACED,
        *OF_STAFF,
    }
)
"""Acts on no one number."""
KEYLESS = frozenset(
    {
        Tag.CODE,
        Tag.LOGIN,
        Tag.LOGIN_FAILED,
        Tag.LOGOUT,
        Tag.SESSION_ENDED,
        Tag.STEPPED_UP,
        Tag.JOINED,
        Tag.FACTOR_ADDED,
    }
)
"""Acts that are counted, or that the state itself makes safe to repeat."""
ADDING = frozenset(
    {
        Tag.SUBSCRIBERS_IMPORT,
        Tag.PAYMENTS_IMPORT,
        Tag.PACKAGES_IMPORT,
        Tag.PEPPER_REPLACED,
        Tag.OWNER_CHANGED,
        Tag.DATA_READ,
        Tag.CALL_SENT_BACK,
        *(OF_STAFF - {Tag.SUSPENDED, Tag.RESTORED, Tag.USER_CHANGED}),
    }
)
"""Acts that tell what came of them, and had no one state before."""
SECRET = frozenset({Tag.PUK_TOLD, Tag.PASSPORT_CHANGED})
"""Acts whose values are secrets, of which nothing is told."""
SECRETS = (
    "word-hash",
    "latin-hash",
    "cyrillic-hash",
    PASSPORT_KEYS,
    "26999999",
    PUK,
    "pepper",
    PASSWORD,
)
AUTHORS = ("operator", "caller", "agent", "visitor")


def do_everything(store: Store) -> list[str]:
    """Each act once; return the secrets that came up besides SECRETS."""
    fill(store, row())
    subscribers, releases = store.subscribers, store.releases
    attempt = Attempt("c1", NUMBER, Origin(), IdentificationMethod.CODEWORD)
    store.attempts.open(attempt, CallerKind.UNKNOWN, NOW)
    store.attempts.forget(named("caller c1"), NUMBER, CallerKind.UNKNOWN, NOW)
    store.attempts.open(attempt, CallerKind.UNKNOWN, NOW)
    store.attempts.unlock(*by("clerk"), NUMBER, NOW)
    words = Verifiers("word-hash", "latin-hash", "cyrillic-hash")
    subscribers.set_codeword(*by("clerk"), NUMBER, words)
    subscribers.clear_codeword(*by("clerk"), NUMBER)
    bound = PukBound(2, NOW - timedelta(days=1), 5)
    subscribers.note_puk(*by("caller c1"), NUMBER, NOW, bound)
    announced = Announcement(dict.fromkeys(Language, "Hello."), NOW + timedelta(hours=1))
    for _ in range(2):
        store.announcements.set(*by("clerk"), announced, NOW)
        releases.publish(*by("editor"), "{}", NOW)
    releases.point(*by("editor"), 1, NOW)
    asked = Asked(NUMBER, Language.TURKMEN, "nobody", NUMBER, NUMBER)
    store.callbacks.write(*by("caller c1"), asked, NOW, Bound(NOW, 3, 3))
    (left,) = store.callbacks.waiting(9)
    store.callbacks.take(*by("agent"), left.id, NOW, NOW)
    store.callbacks.tried(*by("agent"), left.id, CallbackResult.BUSY, NOW, None)
    store.callbacks.done(*by("agent"), left.id, NOW)
    store.contacts.answered(replace(talk(agent="agent"), number=NUMBER))
    store.contacts.sent_back(*by("agent"), "c1", "number-puk", NOW)
    store.payments.add(*by("clerk"), [(NUMBER, NOW, Money(100))])
    store.packages.set_left(*by("meter"), {"c9:9": 1})
    do_orders(store)
    retry_a_message(store)
    told = do_staff(store)
    fill(store, row(passport=Secret("26999999")))
    fill(store, row(full_name="Annayew Myrat", passport=Secret("26888888")))
    store.fingerprint.replace(*by("engineer"), "another pepper", NOW)
    return told


def do_staff(store: Store) -> list[str]:
    """Each act on users and of a user once; return the secrets that came up."""
    bench = Bench(stored=store.staff)
    user = bench.user()
    secret, codes = bench.enrol(user)
    token, session = bench.session(user)
    read = DataRead(PersonalData.CARD, NUMBER)
    for _ in range(2):
        store.audit.note_read(user.acting(), OperationKey("page 1"), read, NOW)
    bench.login(password="my guess")
    bench.login("my.secret.as.a.name")
    rotated = bench.staff.sessions.rotate(token, is_proven=True)
    bench.staff.factors.remove_totp(session, new_key())
    bench.staff.users.change_password(session, new_key(), PASSWORD, OTHER_PASSWORD)
    bench.staff.sessions.logout(rotated or "")
    bench.staff.sessions.end_all(at_terminal()[0], bench.session(user)[1].user.id)
    profile = replace(user.profile, display_name="A.")
    bench.staff.users.change(*at_terminal(run="change"), user.id, profile)
    bench.staff.users.suspend(*at_terminal(run="suspend"), user.id)
    bench.staff.users.restore(*at_terminal(run="restore"), user.id)
    made = bench.staff.users.reset(*at_terminal(run="reset"), user.id)
    assert isinstance(made, Invitation)
    return [secret, *codes, token, made.token, OTHER_PASSWORD, "my guess", "my.secret"]


def do_orders(store: Store) -> None:
    states = (OrderState.COMPLETED, OrderState.CANCELLED)
    for index, state in enumerate(states):
        waiting = order(f"c{index}:1", Change(FORWARDING, True))
        store.orders.write(waiting)
        store.orders.settle_by_hand(*by("engineer"), waiting.id, state, NOW)
    held = replace(order("c9:1"), state=OrderState.HELD, due=NOW + timedelta(hours=1))
    store.orders.write(held)
    store.orders.stop(*by("caller c1"), held.id, NOW)


def retry_a_message(store: Store) -> None:
    store.outbox.put(NUMBER, "text", "order:9")
    message = store.outbox.find("order:9")
    assert message is not None
    store.outbox.settle(message.id, MessageState.FAILED, NOW, "")
    store.outbox.retry(*by("engineer"), [message.id], NOW)


def test_every_kind_of_act_is_written_whole_and_without_secrets(store: Store) -> None:
    secrets = [*SECRETS, *do_everything(store)]
    entries = store.audit.newest(99)
    assert {entry.action for entry in entries} == set(Tag)
    for entry in entries:
        check(entry, Tag(entry.action))
    told = repr([(entry.author, entry.before, entry.after) for entry in entries])
    assert not [secret for secret in secrets if secret in told]
    assert [each.action for each in entries].count(Tag.DATA_READ) == 1
    assert store.audit.check().fault is None


def check(entry: AuditEntry, tag: Tag) -> None:
    assert entry.author.partition(" ")[0] in AUTHORS, entry
    assert entry.channel is not None, entry
    assert entry.host == platform.node(), entry
    assert (entry.number is None) == (tag in WHOLE), entry
    assert (entry.key is None) == (tag in KEYLESS), entry
    assert (entry.after is None) == (tag in SECRET), entry
    is_first = tag is Tag.ANNOUNCEMENT_SET and entry.before is None
    assert (entry.before is None) == (tag in SECRET | ADDING or is_first), entry
    if entry.before is not None and entry.after is not None:
        assert entry.before != entry.after, entry
        assert entry.before.keys() == entry.after.keys(), entry


def test_no_row_names_an_act_by_hand() -> None:
    """Each module of the store that writes entries takes their kinds from ``Tag``."""
    texts = [file.read_text("utf-8") for file in (PROJECT / "ivr" / "store").glob("*.py")]
    assert [tag for tag in Tag for text in texts if f'"{tag.value}' in text] == []
