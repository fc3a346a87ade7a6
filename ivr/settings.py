"""Settings: read once, from the environment (IVR_*) or a file ``.env``; frozen afterwards."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import SettingsConfigDict

from ivr.errors import Unusable
from ivr.system import checks
from ivr.system.desksettings import DeskSettings
from ivr.system.node import kept_node
from ivr.system.printable import escaped
from ivr.system.secretfiles import find_secret, kept_secret

PROJECT = Path(__file__).resolve().parent.parent
"""The folder that holds ivr/, dialplans/, prompts/ and db/."""

Spoken = Annotated[str, AfterValidator(checks.spoken)]
Bind = Annotated[str, AfterValidator(checks.bind)]
PemFile = Annotated[str, AfterValidator(checks.pem_file)]
OctetOrEmpty = Annotated[str, AfterValidator(checks.octet)]
OwnSecret = Annotated[SecretStr, AfterValidator(checks.own_secret)]
"""A secret that we make ourselves. Other parties' secrets are not checked."""


def host_port(bind: str) -> tuple[str, int]:
    """Split a HOST:PORT setting."""
    host, _, port = bind.rpartition(":")
    return host, int(port)


class Settings(DeskSettings):
    """All settings of the project. docs/operations.md explains them to engineers."""

    model_config = SettingsConfigDict(
        env_prefix="IVR_", env_file=".env", extra="ignore", frozen=True, allow_inf_nan=False
    )

    home: Annotated[Path, AfterValidator(checks.absolute)] = Path("var")
    """IVR_HOME: the folder for all files that the line writes."""
    content: Annotated[Path | None, BeforeValidator(checks.file)] = None
    """The folder of menus, texts and catalogue that operators edit; empty: ``content`` in
    ``home``. A checkout of this project may be one."""
    database_url: str = ""
    """Empty: SQLite in ``home``; or ``postgresql+psycopg://…``."""

    sip_bind: Bind = "127.0.0.1:5060"
    rtp_ports: Annotated[str, AfterValidator(checks.ports)] = "20000-29999"
    agi_bind: Bind = "127.0.0.1:4573"
    ami_bind: Bind = "127.0.0.1:5038"
    asterisk_http_bind: Annotated[str, AfterValidator(checks.own_bind)] = "127.0.0.1:8088"
    """Where Asterisk takes the agents' browser phones, from ``ivr desk`` on this machine."""
    health_bind: Bind = "127.0.0.1:8092"
    """Health and metrics of the line."""
    orders_health_bind: Bind = "127.0.0.1:8093"
    """Health and metrics of ``ivr orders``."""
    messages_health_bind: Bind = "127.0.0.1:8094"
    """Health and metrics of ``ivr messages send``."""
    trunk: str = ""
    """Addresses and networks that may call without a password; empty: this machine. Several trunks:
    ``mobile=10.0.0.5,10.0.1.0/24;city=10.0.2.9``."""
    numbers: str = "0890,66300890"
    """Numbers that callers dial: short or national numbers, joined by commas."""
    trust_pai: str = ""
    """Names of trunks whose P-Asserted-Identity gives the calling number, or ``all``."""
    sip_info: bool = True
    """Whether keys sent by SIP INFO are accepted too."""
    external_address: Annotated[str, AfterValidator(checks.address)] = ""
    """Address of this machine for peers outside of ``agent_networks``, if it is behind NAT."""
    agent_networks: str = "127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16"
    """Networks of agents' phones. SIP from other addresses, except the trunks, is not read."""
    agi_peers: Annotated[str, AfterValidator(checks.networks)] = ""
    """Addresses and networks that may connect to ``agi_bind``; empty: only its own address."""

    pepper: OwnSecret = SecretStr("")
    ami_secret: OwnSecret = SecretStr("")
    agent_secret: OwnSecret = SecretStr("")
    """SIP password of the demo agent's phone."""

    node: Annotated[str, AfterValidator(checks.node)] = ""
    """Id of this node among those on one database; empty: made once and stored in ``home``."""

    timezone: Annotated[str, AfterValidator(checks.zone)] = "Asia/Ashgabat"
    """IANA name of the operator's time zone: for opening hours, days and months."""

    workers: int = Field(default=1, ge=1, le=64)
    """Processes of `ivr line` that take calls."""
    max_calls: int = Field(default=500, ge=1, le=20_000)
    """Simultaneous calls in all workers. A caller over it hears so and goes to the agents."""
    max_told: int = Field(default=25, ge=0, le=20_000)
    """Simultaneous callers who hear that there are too many; others are refused with 503."""
    max_calls_by_caller: int = Field(default=5, ge=1, le=20_000)
    """Simultaneous calls from one number; a further call gets busy."""
    shed_cpu: float = Field(default=90.0, ge=0, le=100)
    """Load in percent above which fewer calls are let in; 0: ``max_calls`` at any load."""
    drain_seconds: float = Field(default=30.0, ge=0)
    """How long calls may go on after SIGTERM before the dialplan takes them over."""
    callback_seconds: int = Field(default=60, ge=5)
    """How long a caller waits in the agents' queue before a call-back is offered."""
    patience_seconds: float = Field(default=120.0, ge=10, le=3600)
    """How long a call without an agent may make no progress before the line ends it."""
    silence_seconds: float = Field(default=6.0, ge=1, le=60)
    """How long a caller may be silent after a question before the question is repeated."""
    max_call_minutes: float = Field(default=30.0, gt=0, le=1440)
    """Longest duration of a call without an agent."""
    media_seconds: int = Field(default=30, ge=5, le=3600)
    """A call ends after so long without a media packet from the caller."""
    agent_media_seconds: int = Field(default=120, ge=0, le=3600)
    """The same for an agent's phone; 0: no limit."""
    hold_minutes: int = Field(default=30, ge=1, le=1440)
    """How long a caller or an agent who has put the call on hold may send nothing."""
    agent_seconds: int = Field(default=20, ge=3, le=120)
    """How long an agent's phone rings before the next agent's phone rings."""
    seats: int = Field(default=8, ge=0, le=500)
    """Browser phones of agents at the same time; 0: none."""
    widen_seconds: int = Field(default=0, ge=0, le=3600)
    """How long a caller waits before agents who do not speak the language are rung too; 0: they
    never are."""
    agent_pause_seconds: int = Field(default=60, ge=0, le=86_400)
    """Pause of an agent after an unanswered call, from when the phone was rung."""
    callbacks_a_day: int = Field(default=3, ge=1)
    """Call-backs that one calling number may request in 24 hours."""
    requests_a_day: int = Field(default=10, ge=1)
    """Requests to the back office that one caller may leave in 24 hours."""
    withheld_a_day: int = Field(default=50, ge=1)
    """The limit of each of the two for all callers together whose numbers say nothing."""

    identify_numbers: int = Field(default=5, ge=1)
    """Subscribers for whom one calling number may fail to identify in an hour. Then it may not try
    for a day, except for its own number."""
    identify_unknown: int = Field(default=30, ge=1)
    """Failures in ten minutes of a trunk's callers whose number says nothing. Then they may try
    only code words."""
    identify_unknown_most: int = Field(default=60, ge=1)
    """The same failures. Then these callers get only information and agents."""
    identify_strangers: int = Field(default=100, ge=1)
    """Failures in ten minutes of all of a trunk's callers who are not at the number's own phone.
    Then they may try only code words, and at twice as many not at all."""
    identify_line: int = Field(default=60, ge=1)
    """Failures in a minute of all callers who are not at the number's own phone. Then callers whose
    number says nothing may not try, and at twice as many none of these callers."""
    identify_codes: int = Field(default=3, ge=0)
    """One-time codes by text message, to end a lock, for one number in 24 hours: the limit for each
    calling phone; all phones except the number's own together have four times as many."""

    one_factor: str = "agent"
    """Roles, joined by commas, whose users may log in to the desk by the password alone."""
    oidc_issuer: Annotated[str, AfterValidator(checks.token_url)] = ""
    """The operator's OpenID Connect provider, ``https://…``; empty: names and passwords only."""
    oidc_client: str = ""
    oidc_secret: SecretStr = SecretStr("")
    oidc_claim: str = "preferred_username"
    """The claim of the provider that is the user's name."""

    network_latency: float = Field(default=0.2, ge=0)
    """Seconds that the built-in network simulator takes for an answer."""
    network_refuses: str = ""
    """Service ids, joined by ``;``, that the simulator refuses."""
    network_outage: Annotated[
        Literal["none", "error", "hang", "closed"], BeforeValidator(checks.outage)
    ] = "none"
    """Outage of the simulator: ``error``: 503; ``hang``: no answer; ``closed``: no listener."""
    network_completes_after: float = Field(default=0.0, ge=0)
    """Seconds that an accepted order stays in progress in the simulator."""
    network_deliveries: int = Field(default=1, ge=0, le=10)
    """How many times the simulator delivers each event."""
    network_moods: str = ""
    """Habits of real servers that the simulator imitates, joined by ``;``."""
    network_simulator_bind: Bind = "127.0.0.1:8090"

    network_url: Annotated[str, AfterValidator(checks.url)] = ""
    """URL of the operator's network, up to ``/tmf-api``; empty: the simulator."""
    network_token: Annotated[SecretStr, AfterValidator(checks.token)] = SecretStr("")
    """Bearer token for the network. The simulator requires it too; empty: one that it makes."""
    network_oauth_url: Annotated[str, AfterValidator(checks.token_url)] = ""
    """URL that issues a token for the network (OAuth 2 client credentials); empty: not used."""
    network_oauth_client: str = ""
    network_oauth_secret: SecretStr = SecretStr("")
    network_oauth_scope: str = ""
    network_certificate: Annotated[Path | None, BeforeValidator(checks.file)] = None
    """Our certificate for the network (PEM); the key is in it or in ``network_key``."""
    network_key: Annotated[Path | None, BeforeValidator(checks.file)] = None
    network_ca: Annotated[Path | None, BeforeValidator(checks.file)] = None
    """Certificate authorities for the network (PEM); None: those of the machine."""
    network_search_seconds: float = Field(default=300.0, ge=0, le=86_400)
    """How long to search for an order that may have been sent, before it is sent again."""
    network_api: Literal["orders", "activation"] = "orders"
    """``orders``: TMF641 service orders; ``activation``: TMF640, if the network has only that."""
    network_listener_bind: Bind = "127.0.0.1:8091"
    """Address of the listener for the network's events."""
    network_callback: Annotated[str, AfterValidator(checks.url)] = ""
    """URL by which the network reaches the listener; empty: ``http://`` and its address."""

    smsc: Annotated[str, AfterValidator(checks.smsc)] = ""
    """The message centre, ``smpp://NAME@HOST:PORT``, ``smpps://`` with TLS; empty: the built-in
    simulator."""
    smsc_password: Annotated[SecretStr, AfterValidator(checks.smsc_password)] = SecretStr("")
    smsc_source: Annotated[str, AfterValidator(checks.source)] = "0890"
    """Sender of text messages: a number, or a name."""
    smsc_links: Literal["one", "two"] = "one"
    """``one`` for messages and receipts (transceiver), or ``two``: transmitter and receiver."""
    smsc_system_type: Annotated[str, AfterValidator(checks.system_type)] = ""
    """Our SMPP system type, if the message centre requires one."""
    smsc_source_ton: OctetOrEmpty = ""
    smsc_source_npi: OctetOrEmpty = ""
    """Type of number and numbering plan of the sender; empty: 0 and 1 for a number, 5 and 0 for
    a name."""
    smsc_number_ton: int = Field(default=1, ge=0, le=255)
    smsc_number_npi: int = Field(default=1, ge=0, le=255)
    """The same for the recipients."""
    smsc_ca: PemFile = ""
    """PEM file of the certificate authority of the message centre; empty: those of this machine."""
    smsc_certificate: PemFile = ""
    """PEM file with our certificate and its key, if the message centre requires one."""
    smsc_simulator_answer: Annotated[str, AfterValidator(checks.status)] = ""
    """Error code (such as 0x0a) with which the built-in message centre refuses every message;
    empty: it accepts them."""
    smsc_simulator_receipts: str = "plain"
    """The form of its receipts."""
    messages_a_day: int = Field(default=10, ge=1)
    """Text messages for one occasion to one number in 24 hours."""
    notices_a_day: int = Field(default=10, ge=1)
    """Notices for one occasion to the owner of a number in 24 hours."""
    fax_trunk: Annotated[str, AfterValidator(checks.fax_trunk)] = ""
    """How Asterisk dials a fax number: ``PJSIP/trunk/sip:{number}@10.0.0.5``; empty: the
    built-in fax machine takes every fax, and nothing leaves this machine."""
    fax_station: Annotated[str, AfterValidator(checks.fax_station)] = "+993 66 30 08 90"
    """Our number for other fax machines and for the header of each page."""
    fax_ports: Annotated[str, AfterValidator(checks.ports)] = "4000-4099"
    """UDP ports of faxes over T.38."""
    fax_tries: int = Field(default=3, ge=1, le=10)
    fax_pause_seconds: float = Field(default=300.0, ge=0)
    """Pause between two tries to send a fax; three times as long if something must be repaired."""
    faxes_to_mobile_a_day: int = Field(default=1, ge=1)
    """Faxes of invoices to one mobile number in 24 hours, for all payers together: a person would
    answer such a call."""
    fax_refuses: Annotated[str, AfterValidator(checks.digits)] = ""
    """Numbers, joined by ``;``, for which the built-in fax machine hangs up."""

    voice_tk: Spoken = ""
    voice_ru: Spoken = ""
    voice_en: Spoken = ""
    """The voice of a language: ``rhvoice:NAME``, ``espeak-ng``, either with ``@RATE``, or
    ``command:`` and the operator's own program; empty: the best available one."""
    runtime: str = ""
    """Folder of unpacked Debian packages (Asterisk and others); empty: it is searched for."""
    log_level: str = "info"
    log_megabytes: float = Field(default=20.0, gt=0, le=10_000)
    """Size at which a log is rotated; five older files are kept."""

    @property
    def database(self) -> str:
        """SQLAlchemy URL of the database."""
        return self.database_url or f"sqlite:///{self.home / 'ivr.sqlite'}"

    @property
    def content_folder(self) -> Path:
        """The folder that operators edit."""
        return self.content or self.home / "content"

    @property
    def log_bytes(self) -> int:
        """Size in bytes at which a log is rotated."""
        return int(self.log_megabytes * 1_000_000)

    @property
    def cache(self) -> Path:
        """Folder for files that are downloaded or rendered once for all clones of one user."""
        base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
        return Path(base).expanduser() / "ivr"

    def node_id(self) -> str:
        """Return the prefix of the ids of this node's calls. Unusable: it cannot be stored."""
        return self.node or kept_node(self.home)

    def secret(self, name: str) -> str:
        """Return the pepper or a password: from the environment, else made once and stored in home.

        ``name`` is ``pepper``, ``ami_secret``, ``agent_secret`` or ``network_token`` (of the
        simulator). The file has mode 600. Unusable: it cannot be stored, or is no whole secret.
        """
        given: SecretStr = getattr(self, name)
        return given.get_secret_value() or kept_secret(self.home / "secrets", name)

    def known_secret(self, name: str) -> str | None:
        """Return the secret as ``secret`` does, but None if it is neither given nor stored."""
        given: SecretStr = getattr(self, name)
        return given.get_secret_value() or find_secret(self.home / "secrets", name)

    @property
    def token_for_network(self) -> str:
        """Bearer token for requests to the network; empty: a real network that requires none."""
        given = self.network_token.get_secret_value()
        return given if given or self.network_url else self.secret("network_token")


def read_settings() -> Settings:
    """Read the settings. Unusable names the wrong variable and the reason."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "IVR_" + "_".join(str(part) for part in first["loc"]).upper()
        raise Unusable(f"setting {name}: {checks.reason(first)}") from None
    except UnicodeError:
        raise Unusable("a setting, or the file .env, is not UTF-8 text: save it as UTF-8") from None
    except OSError as error:
        file = escaped(str(error.filename))
        raise Unusable(
            f"the file {file} cannot be read: {error.strerror}; give this user the right to read it"
        ) from None
