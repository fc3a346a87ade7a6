"""Passkeys (WebAuthn) as second factor: added by a user, shown at login and for a step-up.

``origin`` is the address of the desk as the browser has it, such as ``https://desk.example``; the
web checks it against the addresses that it serves. A passkey belongs to the host of its origin.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.parse_authentication_credential_json import (
    parse_authentication_credential_json,
)
from webauthn.helpers.structs import PublicKeyCredentialDescriptor

from ivr.domain.actor import OperationKey
from ivr.domain.audit import Tag
from ivr.domain.staff import (
    LASTS,
    OneTimeToken,
    Passkey,
    Purpose,
    StaffSession,
    User,
)
from ivr.domain.values import Secret
from ivr.staff.factors import ISSUER, Factor, FactorService, NoFactor
from ivr.staff.login import CodeResult, LoginService, Over, Refused, StepUpResult
from ivr.staff.secrets import digest_of, new_token

MOST_NAME = 60


@dataclass(frozen=True, slots=True, repr=False)
class Ceremony:
    """What the browser is asked for."""

    token: str
    """Gives the answer its question again."""
    options: str
    """JSON for ``parseCreationOptionsFromJSON`` or ``parseRequestOptionsFromJSON``."""


@dataclass(frozen=True)
class PasskeyService:
    """Passkeys of all users."""

    factors: FactorService
    logins: LoginService

    def of(self, user: User) -> Sequence[Passkey]:
        return self.factors.stored.passkeys.of(user.id)

    def begin_adding(self, session: StaffSession, origin: str) -> Ceremony:
        """Ask the browser for a new passkey of the session's user.

        Raise StepUpNeeded as ``FactorService.require_fresh``.
        """
        self.factors.require_fresh(session)
        user = session.user
        options = generate_registration_options(
            rp_id=_host(origin),
            rp_name=ISSUER,
            user_id=str(user.id).encode(),
            user_name=user.name,
            user_display_name=user.display_name,
            exclude_credentials=self._known(user),
        )
        return self._ceremony(
            user, f"add {session.id}", options.challenge, options_to_json(options)
        )

    def finish_adding(
        self,
        session: StaffSession,
        key: OperationKey,
        token: str,
        credential: str,
        name: str,
        origin: str,
    ) -> NoFactor | None:
        """Store the passkey that the browser made; None: it is stored.

        ``credential`` is the JSON of the browser's answer, ``name`` what the user calls it.
        """
        self.factors.require_fresh(session)
        stored, user = self.factors.stored, session.user
        asked = self._use(token, user, f"add {session.id}")
        if asked is None:
            return NoFactor.OVER
        try:
            made = verify_registration_response(
                credential=credential,
                expected_challenge=asked,
                expected_rp_id=_host(origin),
                expected_origin=origin,
            )
        except (WebAuthnException, ValueError):
            return NoFactor.WRONG
        passkey = Passkey(
            0,
            user.id,
            made.credential_id,
            made.credential_public_key,
            made.sign_count,
            _printable(name),
            self.factors.clock.now(),
        )
        with stored.transaction():
            if not stored.passkeys.add(passkey):
                return NoFactor.WRONG
            self.factors.write(session, key, Tag.FACTOR_ADDED, Factor.PASSKEY)
        return None

    def remove(self, session: StaffSession, key: OperationKey, id: int) -> NoFactor | None:
        """Remove a passkey of the session's user; None: it is removed."""
        self.factors.require_fresh(session)
        stored, user = self.factors.stored, session.user
        with stored.transaction():
            if stored.audit.is_done(key, Tag.FACTOR_REMOVED, user.name):
                return None
            factors = self.factors.of(user)
            is_last = not factors.has_totp and factors.passkeys == 1
            if id not in {each.id for each in self.of(user)}:
                return NoFactor.NONE
            if is_last and self.factors.must_have(user):
                return NoFactor.NEEDED
            stored.passkeys.remove(user.id, id)
            self.factors.write(session, key, Tag.FACTOR_REMOVED, Factor.PASSKEY)
        return None

    def begin_login(self, challenge: str, origin: str) -> Ceremony | None:
        """Ask the browser for a passkey after the password; None: the challenge is over."""
        user = self.logins.challenged(challenge)
        return self._ask(user, f"login {digest_of(challenge)}", origin) if user else None

    def login(self, challenge: str, token: str, credential: str, origin: str) -> CodeResult:
        """End a login with the passkey that the browser shows."""
        user = self.logins.challenged(challenge)
        if user is None:
            return Over()
        if not self._is_shown(user, f"login {digest_of(challenge)}", token, credential, origin):
            return Refused()
        return self.logins.finish(challenge)

    def begin_step_up(self, session: StaffSession, origin: str) -> Ceremony:
        """Ask the browser for a passkey of the session's user."""
        return self._ask(session.user, f"step-up {session.id}", origin)

    def step_up(self, session_token: str, token: str, credential: str, origin: str) -> StepUpResult:
        """Prove the session's user by a passkey; return the session's new token."""
        session = self.logins.sessions.resolve(session_token)
        if session is None:
            return Refused()
        source = f"step-up {session.id}"
        if not self._is_shown(session.user, source, token, credential, origin):
            return Refused()
        return self.logins.sessions.rotate(session_token, is_proven=True) or Refused()

    def _ask(self, user: User, source: str, origin: str) -> Ceremony:
        options = generate_authentication_options(
            rp_id=_host(origin), allow_credentials=self._known(user)
        )
        return self._ceremony(user, source, options.challenge, options_to_json(options))

    def _is_shown(self, user: User, source: str, token: str, credential: str, origin: str) -> bool:
        """Tell whether a browser's answer is of a passkey of the user, for what it was asked."""
        stored, asked = self.factors.stored, self._use(token, user, source)
        if asked is None:
            return False
        try:
            passkey = stored.passkeys.find(parse_authentication_credential_json(credential).raw_id)
            if passkey is None or passkey.user != user.id:
                return False
            shown = verify_authentication_response(
                credential=credential,
                expected_challenge=asked,
                expected_rp_id=_host(origin),
                expected_origin=origin,
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.count,
            )
        except (WebAuthnException, ValueError):
            return False
        return stored.passkeys.use(passkey.id, shown.new_sign_count, self.factors.clock.now())

    def _ceremony(self, user: User, source: str, challenge: bytes, options: str) -> Ceremony:
        token, until = new_token(), self.factors.clock.now() + LASTS[Purpose.PASSKEY]
        kept = Secret(challenge.hex())
        self.factors.stored.tokens.write(
            OneTimeToken(digest_of(token), user.id, Purpose.PASSKEY, until, source, kept)
        )
        return Ceremony(token, options)

    def _use(self, token: str, user: User, source: str) -> bytes | None:
        """Use up the token of a ceremony; return its challenge, None: it is over, or another's."""
        tokens, digest = self.factors.stored.tokens, digest_of(token)
        found = tokens.find(digest, Purpose.PASSKEY, self.factors.clock.now())
        if found is None or found.secret is None or (found.user, found.source) != (user.id, source):
            return None
        return bytes.fromhex(found.secret.keys) if tokens.use(digest) else None

    def _known(self, user: User) -> list[PublicKeyCredentialDescriptor]:
        return [PublicKeyCredentialDescriptor(id=each.credential) for each in self.of(user)]


def _host(origin: str) -> str:
    return urlsplit(origin).hostname or ""


def _printable(name: str) -> str:
    return "".join(each for each in name.strip()[:MOST_NAME] if each.isprintable())
