"""``ivr messages retry``."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from ivr.domain.messages import DeliveryReceipt, MessageState
from ivr.errors import Unusable
from ivr.wiring.container import Container
from tests.commands.messages.run import BODY, NUMBER, run


class TestRetry:
    """``ivr messages retry``: a person sends again what failed."""

    def settled(
        self, container: Container, reference: str, state: MessageState, body: str = BODY
    ) -> int:
        """A message that came to an end; answers its id."""
        outbox = container.store.outbox
        outbox.put(NUMBER, body, reference)
        claimed = outbox.find(reference)
        assert claimed is not None
        now = outbox.now()
        if state is MessageState.FAILED:
            outbox.settle(claimed.id, state, now, "the message centre answers 0x0b")
            return claimed.id
        outbox.acknowledged(claimed.id, 0, 1, reference, now, now)
        if state is not MessageState.SENT:
            has_arrived = state is MessageState.DELIVERED
            outbox.receipt(DeliveryReceipt((reference,), (NUMBER,), has_arrived), now)
        return claimed.id

    @pytest.mark.parametrize("state", [MessageState.FAILED, MessageState.UNDELIVERED])
    def test_one_goes_again_as_if_it_were_new(
        self, container: Container, state: MessageState
    ) -> None:
        id = self.settled(container, "order:9", state)
        done = run("retry", str(id))
        assert (done.exit_code, done.stderr) == (0, "1 message to be sent again\n")
        message = container.store.outbox.get(id)
        assert message is not None
        assert (message.state, message.tries, message.parts) == (MessageState.WAITING, 0, 0)
        assert (message.detail, message.settled, message.body) == ("", None, BODY)
        (entry,) = container.store.audit.newest(1, NUMBER)
        assert entry.action == "message.retry"

    def test_an_old_one_is_not_given_up_at_once(self, container: Container) -> None:
        old = dataclasses.replace(
            container.store.outbox, now=lambda: datetime.now(UTC) - timedelta(days=9)
        )
        old.put(NUMBER, BODY, "order:9")
        claimed = old.claim(old.now(), old.now())
        assert claimed is not None
        old.settle(claimed.id, MessageState.FAILED, old.now(), "waited too long")
        assert run("retry", str(claimed.id)).exit_code == 0
        now = container.clock.now()
        assert container.store.outbox.expire(now - timedelta(hours=48), now) == []

    def test_all_that_failed_since_a_time_go_again_and_nothing_else(
        self, container: Container
    ) -> None:
        failed = [self.settled(container, f"order:{id}", MessageState.FAILED) for id in (7, 8)]
        lost = self.settled(container, "order:9", MessageState.UNDELIVERED)
        done = run("retry", "--since", "2026-01-01")
        assert (done.exit_code, done.stderr) == (0, "2 messages to be sent again\n")
        found = {message.id: message.state for message in container.store.outbox.newest(9)}
        assert {found[id] for id in failed} == {MessageState.WAITING}
        assert found[lost] is MessageState.UNDELIVERED
        again = run("retry", "--since", "2026-01-01")
        assert (again.exit_code, again.stderr) == (0, "0 messages to be sent again\n")

    def test_what_failed_before_stays(self, container: Container) -> None:
        self.settled(container, "order:9", MessageState.FAILED)
        assert "0 messages" in run("retry", "--since", "2999-01-01").stderr

    def test_a_code_is_never_sent_again(self, container: Container) -> None:
        id = self.settled(container, "code:9", MessageState.FAILED, "12345678 is the code")
        refused = run("retry", str(id))
        assert "is not kept, because it had a one-time code" in str(refused.exception)
        every = run("retry", "--since", "2026-01-01").stderr
        assert every == (
            "0 messages to be sent again; 1 cannot be sent: their texts are not kept, or the"
            " number has a new owner\n"
        )

    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            ((), "give ids from `ivr messages`"),
            (("1", "--since", "2026-01-01"), "give ids"),
            (("4711",), "there is no message 4711: `ivr messages` lists them"),
            (("1",), "message 1 is waiting: only failed or undelivered messages can be sent again"),
            (("--since", "yesterday"), "--since yesterday is not a time: write it as 2026-11-24"),
        ],
    )
    def test_what_cannot_be_sent_again_is_said(
        self, container: Container, arguments: tuple[str, ...], said: str
    ) -> None:
        refused = run("retry", *arguments)
        assert isinstance(refused.exception, Unusable)
        assert said in str(refused.exception)

    def test_one_wrong_id_changes_nothing(self, container: Container) -> None:
        id = self.settled(container, "order:9", MessageState.FAILED)
        assert run("retry", str(id), "4711").exit_code == 1
        message = container.store.outbox.get(id)
        assert message is not None
        assert message.state is MessageState.FAILED
