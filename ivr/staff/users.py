"""Users: invited by an administrator, joined by a one-time link, suspended, restored, reset.

An administrator never chooses or sees a password, and nobody changes the own roles.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from ivr.care.hash_queue import HashQueue
from ivr.domain.actor import Actor, ActorKind, OperationKey
from ivr.domain.audit import Facts, Tag, entry_of
from ivr.domain.rights import Right, Role
from ivr.domain.services import no_op
from ivr.domain.staff import (
    LASTS,
    OneTimeToken,
    Profile,
    Purpose,
    SessionEnd,
    StaffSession,
    User,
    UserOverview,
)
from ivr.domain.values import Language
from ivr.ports.clock import Clock
from ivr.ports.staff import StaffRepositories
from ivr.staff.passwords import PasswordWeakness, weakness
from ivr.staff.profiles import Invitation as Invitation
from ivr.staff.profiles import PasswordRefused as PasswordRefused
from ivr.staff.profiles import UserFault as UserFault
from ivr.staff.profiles import facts_of, fault_of
from ivr.staff.rights import require
from ivr.staff.secrets import StaffSecrets, digest_of, normal_name
from ivr.staff.sessions import SessionService


@dataclass(frozen=True)
class UserService:
    """Operations on users. Each that changes something returns the same when it is repeated."""

    stored: StaffRepositories
    secrets: StaffSecrets
    sessions: SessionService
    turns: HashQueue
    clock: Clock

    def list(self, actor: Actor) -> Sequence[UserOverview]:
        require(actor, Right.MANAGE_USERS)
        return self.stored.users.list(self.clock.now())

    def get(self, actor: Actor, id: int) -> User | None:
        require(actor, Right.MANAGE_USERS)
        return self.stored.users.get(id)

    def find(self, actor: Actor, name: str) -> User | None:
        require(actor, Right.MANAGE_USERS)
        return self.stored.users.find(normal_name(name))

    def invite(
        self, actor: Actor, key: OperationKey, name: str, profile: Profile
    ) -> Invitation | UserFault:
        """Add a user, and return the link with which the user chooses a password."""
        require(actor, Right.GRANT_ROLES)
        name, now = normal_name(name), self.clock.now()
        if fault := fault_of(name, profile):
            return fault
        with self.stored.transaction():
            if self.stored.audit.is_done(key, Tag.INVITED, name):
                return self._same(key, self.stored.users.find(name))
            user = self.stored.users.add(name, profile, now)
            if user is None:
                return UserFault.TAKEN
            invitation = self._invitation(key, user)
            after = {"user": name} | {
                fact: said for fact, said in facts_of(profile).items() if said
            }
            self._write(actor, key, Tag.INVITED, None, after)
        return invitation

    def invited(self, token: str) -> User | None:
        """Return the user of a link; None: the link is used, too old or none of ours."""
        found = self.stored.tokens.find(digest_of(token), Purpose.JOIN, self.clock.now())
        user = self.stored.users.get(found.user) if found else None
        return None if user is None or user.suspended_at is not None else user

    def accept(self, token: str, password: str) -> User | PasswordWeakness | None:
        """Choose a password by a link; None as for ``invited``. A refused one does not use it."""
        user, digest = self.invited(token), digest_of(token)
        if user is None:
            return None
        if refused := weakness(password, user.name, user.display_name):
            return refused
        with self.turns.slot(no_op):
            verifier = self.turns.work(lambda: self.secrets.verifier(password))
        with self.stored.transaction():
            if not self.stored.tokens.use(digest):
                return None
            self.stored.passwords.set(user.id, verifier)
            self._write(user.acting(), None, Tag.JOINED, None, {"user": user.name})
        return user

    def change_password(
        self, session: StaffSession, key: OperationKey, present: str, new: str
    ) -> PasswordWeakness | PasswordRefused | None:
        """Change the password of the session's user, and end the user's other sessions."""
        user = session.user
        if self.stored.audit.is_done(key, Tag.PASSWORD_CHANGED, user.name):
            return None
        if refused := weakness(new, user.name, user.display_name):
            return refused
        with self.turns.slot(no_op):
            known = self.stored.passwords.get(user.id)
            matches = self.turns.work(lambda: self.secrets.matches(known, present))
            if not matches:
                return PasswordRefused.WRONG
            verifier = self.turns.work(lambda: self.secrets.verifier(new))
        actor = session.actor(self.clock.now())
        with self.stored.transaction():
            self.stored.passwords.set(user.id, verifier)
            self.stored.devices.forget(user.id)
            self.stored.tokens.end(user.id)
            why = SessionEnd.PASSWORD
            self.sessions.end_all(actor, user.id, but=session.id, why=why)
            self._write(actor, key, Tag.PASSWORD_CHANGED, None, {"user": user.name})
        return None

    def choose_language(self, session: StaffSession, language: Language) -> User:
        """Store the language of the user's own pages."""
        with self.stored.transaction():
            known = self.stored.users.hold(session.user.id) or session.user
            user = dataclasses.replace(known, language=language)
            self.stored.users.write(user)
        return user

    def change(
        self, actor: Actor, key: OperationKey, id: int, profile: Profile
    ) -> User | UserFault:
        """Store another profile of a user. New rights count from the next request on.

        Sessions of a user who must have a second factor now, and has none, end.
        """
        require(actor, Right.GRANT_ROLES)
        with self.stored.transaction():
            user = self.stored.users.hold(id)
            if user is None:
                return UserFault.NOBODY
            is_done = self.stored.audit.is_done(key, Tag.USER_CHANGED, user.name)
            if is_done:
                return user
            if fault := fault_of(user.name, profile) or self._role_fault(actor, user, profile):
                return fault
            changed = dataclasses.replace(
                user,
                display_name=profile.display_name,
                language=profile.language,
                spoken=profile.spoken,
                roles=profile.roles,
                limits=profile.limits,
            )
            if changed != user:
                self.stored.users.write(changed)
                if changed.roles & self.sessions.required and not self.stored.factors.of(id):
                    for session in self.stored.sessions.of(id):
                        self.stored.sessions.end(session.id)
                was, now = facts_of(user.profile), facts_of(profile)
                names = [name for name in was if was[name] != now[name]]
                before, after = ({name: of[name] for name in names} for of in (was, now))
                user_name = {"user": user.name}
                self._write(actor, key, Tag.USER_CHANGED, user_name | before, user_name | after)
        return changed

    def suspend(self, actor: Actor, key: OperationKey, id: int) -> User | UserFault:
        """Suspend a user: sessions and links end at once."""
        require(actor, Right.MANAGE_USERS)
        now = self.clock.now()
        with self.stored.transaction():
            user = self.stored.users.hold(id)
            if user is None:
                return UserFault.NOBODY
            is_done = self.stored.audit.is_done(key, Tag.SUSPENDED, user.name)
            if is_done or user.suspended_at is not None:
                return user
            if Role.ADMIN in user.roles and not self.stored.users.has_other(Role.ADMIN, id):
                return UserFault.LAST_ADMIN
            suspended = dataclasses.replace(user, suspended_at=now)
            self.stored.users.write(suspended)
            self._end_all(user)
            before: Facts = {"user": user.name, "suspended": False}
            self._write(actor, key, Tag.SUSPENDED, before, {**before, "suspended": True})
        return suspended

    def restore(self, actor: Actor, key: OperationKey, id: int) -> User | UserFault:
        """End a suspension. The user comes in by the same password and factors as before."""
        require(actor, Right.MANAGE_USERS)
        with self.stored.transaction():
            user = self.stored.users.hold(id)
            if user is None:
                return UserFault.NOBODY
            is_done = self.stored.audit.is_done(key, Tag.RESTORED, user.name)
            if is_done or user.suspended_at is None:
                return user
            restored = dataclasses.replace(user, suspended_at=None)
            self.stored.users.write(restored)
            self._end_all(user)  # a login may have come in between
            before: Facts = {"user": user.name, "suspended": True}
            self._write(actor, key, Tag.RESTORED, before, {**before, "suspended": False})
        return restored

    def reset(self, actor: Actor, key: OperationKey, id: int) -> Invitation | UserFault:
        """Remove password and second factors of a user; return a link to choose a new password."""
        require(actor, Right.GRANT_ROLES)
        with self.stored.transaction():
            user = self.stored.users.hold(id)
            if user is None:
                return UserFault.NOBODY
            is_done = self.stored.audit.is_done(key, Tag.USER_RESET, user.name)
            if is_done:
                return self._same(key, user)
            self.stored.passwords.set(id, None)
            self.stored.factors.set_totp(id, None)
            self.stored.factors.set_codes(id, ())
            self.stored.passkeys.remove(id)
            self._end_all(user)
            invitation = self._invitation(key, user)
            self._write(actor, key, Tag.USER_RESET, None, {"user": user.name})
        return invitation

    def _role_fault(self, actor: Actor, user: User, profile: Profile) -> UserFault | None:
        is_self = actor.kind is not ActorKind.OPERATOR and actor.id == user.name
        if is_self and profile.roles != user.roles:
            return UserFault.OWN_ROLES
        if Role.ADMIN in user.roles and Role.ADMIN not in profile.roles:
            is_last = not self.stored.users.has_other(Role.ADMIN, user.id)
            if is_last and user.suspended_at is None:
                return UserFault.LAST_ADMIN
        return None

    def _invitation(self, key: OperationKey, user: User) -> Invitation:
        token, until = self.secrets.link(key), self.clock.now() + LASTS[Purpose.JOIN]
        self.stored.tokens.write(OneTimeToken(digest_of(token), user.id, Purpose.JOIN, until))
        return Invitation(user, token, until)

    def _same(self, key: OperationKey, user: User | None) -> Invitation | UserFault:
        """Return the invitation of an operation that is repeated; TAKEN: its link is used."""
        token = self.secrets.link(key)
        found = self.stored.tokens.find(digest_of(token), Purpose.JOIN, self.clock.now())
        if user is None or found is None or found.user != user.id:
            return UserFault.TAKEN
        return Invitation(user, token, found.until)

    def _end_all(self, user: User) -> None:
        """End sessions, links and challenges, and forget the devices."""
        for session in self.stored.sessions.of(user.id):
            self.stored.sessions.end(session.id)
        self.stored.tokens.end(user.id)
        self.stored.devices.forget(user.id)

    def _write(
        self,
        actor: Actor,
        key: OperationKey | None,
        tag: Tag,
        before: Facts | None,
        after: Facts | None,
    ) -> None:
        entry = entry_of(actor, key, self.clock.now(), tag, before=before, after=after)
        self.stored.audit.write(entry)
