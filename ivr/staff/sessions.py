"""Sessions: opened at login, looked at with each request, ended by time, by hand, by suspension."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from ivr.domain.actor import SYSTEM, Actor, ActorKind
from ivr.domain.audit import Facts, Tag, entry_of
from ivr.domain.rights import Right, Role
from ivr.domain.staff import SessionEnd, StaffSession, User
from ivr.ports.clock import Clock
from ivr.ports.staff import StaffRepositories
from ivr.staff.idleness import end_of, has_shift
from ivr.staff.rights import require
from ivr.staff.secrets import digest_of, new_token

InCall = Callable[[User], bool]
"""Tells whether a user is in a call now."""
TOUCH = timedelta(seconds=30)
"""A session in use is stored as such no more often than this."""
MOST_BROWSER = 200


def never_in_call(_user: User) -> bool:
    """The answer where there are no calls."""
    return False


@dataclass(frozen=True)
class SessionService:
    """Sessions of all users. Tokens are returned once; their hashes are stored."""

    stored: StaffRepositories
    clock: Clock
    required: frozenset[Role]
    """Users with one of these roles must have a second factor."""
    in_call: InCall = never_in_call

    def open(
        self, user: User, address: str, browser: str, *, is_proven: bool = False
    ) -> tuple[str, StaffSession]:
        """Open a session after a login. ``is_proven``: a second factor was shown.

        Earlier sessions of the user that are over, and old tokens, are removed.
        """
        now, token = self.clock.now(), new_token()
        for earlier in self.stored.sessions.of(user.id):
            if over := self._over(earlier):
                self._end(SYSTEM, earlier, over)
        self.stored.tokens.prune(now)
        with self.stored.transaction():
            session = self.stored.sessions.open(
                user.id,
                digest_of(token),
                now,
                now if is_proven else None,
                address,
                _printable(browser),
            )
            after: Facts = {
                "user": user.name,
                "session": session.id,
                "address": address,
                "second_factor": is_proven,
            }
            actor = user.acting(is_proven=is_proven)
            self.stored.audit.write(entry_of(actor, None, now, Tag.LOGIN, after=after))
        return token, session

    def resolve(self, token: str, *, is_beat: bool = False) -> StaffSession | None:
        """Return the session of a token; None: it is over, or its user is suspended.

        It counts as use. A beat of an open page (``is_beat``) counts for agents only: others are
        idle if they do nothing.
        """
        session = self.stored.sessions.find(digest_of(token))
        if session is None or session.user.suspended_at is not None:
            return None
        if over := self._over(session):
            self._end(SYSTEM, session, over)
            return None
        now, user = self.clock.now(), session.user
        if now - session.seen_at >= TOUCH and (not is_beat or has_shift(user)):
            self.stored.sessions.touch(session.id, now)
        return session

    def rotate(self, token: str, *, is_proven: bool = False) -> str | None:
        """Give a session a new token, after a step-up for instance; None: the session is over."""
        session = self.resolve(token)
        if session is None:
            return None
        made = new_token()
        at = self.clock.now() if is_proven else None
        with self.stored.transaction():
            if not self.stored.sessions.rotate(session.id, digest_of(made), at):
                return None
            if is_proven:
                self._write(session.user.acting(is_proven=True), session, Tag.STEPPED_UP)
        return made

    def logout(self, token: str) -> None:
        """End the session of a token, as its user wishes."""
        session = self.stored.sessions.find(digest_of(token))
        if session is None:
            return
        with self.stored.transaction():
            if self.stored.sessions.end(session.id):
                self._write(session.user.acting(), session, Tag.LOGOUT)

    def end(self, actor: Actor, session_id: int) -> bool:
        """End a session of the actor, or with the right any; False: it is over already.

        Ending is safe to repeat, so it needs no operation key.
        """
        with self.stored.transaction():
            session = self.stored.sessions.end(session_id)
            if session is None:
                return False
            _require_own(actor, session.user)
            self._write(actor, session, Tag.SESSION_ENDED, SessionEnd.ENDED)
        return True

    def end_all(
        self,
        actor: Actor,
        user_id: int,
        *,
        but: int | None = None,
        why: SessionEnd = SessionEnd.ENDED,
    ) -> int:
        """End all sessions of a user, except the session ``but``; return how many."""
        with self.stored.transaction():
            found = [each for each in self.stored.sessions.of(user_id) if each.id != but]
            for each in found:
                _require_own(actor, each.user)
            ended = [each for each in found if self.stored.sessions.end(each.id)]
            for session in ended:
                self._write(actor, session, Tag.SESSION_ENDED, why)
        return len(ended)

    def list(self, actor: Actor, user: User) -> Sequence[StaffSession]:
        """Return the sessions of the actor, or with the right of any user, newest first."""
        _require_own(actor, user)
        return self.stored.sessions.of(user.id)

    def _over(self, session: StaffSession) -> SessionEnd | None:
        """Return why a session is over; None: it is not, or its user is in a call."""
        over = end_of(session, self.clock.now(), self.required)
        return over if over and not self.in_call(session.user) else None

    def _end(self, actor: Actor, session: StaffSession, why: SessionEnd) -> None:
        with self.stored.transaction():
            if self.stored.sessions.end(session.id):
                self._write(actor, session, Tag.SESSION_ENDED, why)

    def _write(
        self, actor: Actor, session: StaffSession, tag: Tag, why: SessionEnd | None = None
    ) -> None:
        after: dict[str, str | int | bool | None]
        after = {"user": session.user.name, "session": session.id}
        if why is not None:
            after["why"] = why.value
        self.stored.audit.write(entry_of(actor, None, self.clock.now(), tag, after=after))


def _require_own(actor: Actor, user: User) -> None:
    """Raise Forbidden unless the actor is the user, or may manage users.

    An engineer at a terminal may have the name of a user, and is another person.
    """
    if actor.kind is ActorKind.OPERATOR or actor.id != user.name:
        require(actor, Right.MANAGE_USERS)


def _printable(browser: str) -> str:
    return "".join(each for each in browser[:MOST_BROWSER] if each.isprintable())
