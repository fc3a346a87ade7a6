"""Settings: read once, from the environment (IVR_*) or a file ``.env``; frozen afterwards."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ivr.errors import Unusable
from ivr.system import checks
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
"""One that we make for ourselves; others give us theirs as they are."""


def host_port(bind: str) -> tuple[str, int]:
    """The parts of a HOST:PORT setting."""
    host, _, port = bind.rpartition(":")
    return host, int(port)


class Settings(BaseSettings):
    """Every setting of the project. docs/operations.md explains them to engineers."""

    model_config = SettingsConfigDict(
        env_prefix="IVR_", env_file=".env", extra="ignore", frozen=True, allow_inf_nan=False
    )

    home: Annotated[Path, AfterValidator(checks.absolute)] = Path("var")
    """Where everything is written."""
    database_url: str = ""
    """Empty: SQLite in ``home``. ``postgresql+psycopg://…`` for more."""

    sip_bind: Bind = "127.0.0.1:5060"
    rtp_ports: Annotated[str, AfterValidator(checks.ports)] = "20000-29999"
    agi_bind: Bind = "127.0.0.1:4573"
    ami_bind: Bind = "127.0.0.1:5038"
    asterisk_http_bind: Bind = "127.0.0.1:8088"
    web_bind: Bind = "127.0.0.1:8000"
    health_bind: Bind = "127.0.0.1:8092"
    """Health and metrics of the line."""
    orders_health_bind: Bind = "127.0.0.1:8093"
    """Health and metrics of ``ivr orders``."""
    messages_health_bind: Bind = "127.0.0.1:8094"
    """Health and metrics of ``ivr messages send``."""
    trunk: str = ""
    """Who may call without a password: addresses, networks; empty: this machine. Several trunks:
    ``mobile=10.0.0.5,10.0.1.0/24;city=10.0.2.9``."""
    numbers: str = "0890,66300890"
    """What callers dial: short numbers and numbers of the country, joined by commas."""
    trust_pai: str = ""
    """Trunks whose P-Asserted-Identity says who calls: their names, or ``all``."""
    sip_info: bool = True
    """Keys by SIP INFO are heard, too."""
    external_address: Annotated[str, AfterValidator(checks.address)] = ""
    """How peers beyond ``agent_networks`` reach this machine, where its address is translated."""
    agent_networks: str = "127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16"
    """Where agents' phones may be. SIP from elsewhere, but for the trunks, is not read."""
    agi_peers: Annotated[str, AfterValidator(checks.networks)] = ""
    """Addresses and networks that may ask on ``agi_bind``; empty: its own address alone."""

    pepper: OwnSecret = SecretStr("")
    ami_secret: OwnSecret = SecretStr("")
    agent_secret: OwnSecret = SecretStr("")
    """SIP password of the demo agent's phone."""

    node: Annotated[str, AfterValidator(checks.node)] = ""
    """Id of this node among those that share a database; empty: made once, kept in ``home``."""

    timezone: Annotated[str, AfterValidator(checks.zone)] = "Asia/Ashgabat"
    """The operator's time, by its IANA name: for opening hours, days and months."""

    workers: int = Field(default=1, ge=1, le=64)
    """Processes of `ivr line` that take calls."""
    max_calls: int = Field(default=500, ge=1, le=20_000)
    """Calls at once in all of them; over it the caller hears so and gets the agents."""
    max_told: int = Field(default=25, ge=0, le=20_000)
    """Callers at once who hear that there are too many; more are refused by the network (503)."""
    max_calls_by_caller: int = Field(default=5, ge=1, le=20_000)
    """Calls at once from one number; one more hears busy."""
    shed_cpu: float = Field(default=90.0, ge=0, le=100)
    """Percent of the whole machine over which fewer calls are let in; 0: always as many."""
    drain_seconds: float = Field(default=30.0, ge=0)
    """How long SIGTERM lets calls go on before the dialplan takes them over."""
    callback_seconds: int = Field(default=60, ge=5)
    """How long a caller waits in the agents' queue before a call back is offered."""
    patience_seconds: float = Field(default=120.0, ge=10, le=3600)
    """How long a caller may be without progress and without an agent, until the goodbye."""
    silence_seconds: float = Field(default=6.0, ge=1, le=60)
    """How long a caller may be silent after a question before it is asked again."""
    max_call_minutes: float = Field(default=30.0, gt=0, le=1440)
    """The longest call without an agent."""
    media_seconds: int = Field(default=30, ge=5, le=3600)
    """Without a packet of the caller's sound for so long, a call has ended."""
    agent_media_seconds: int = Field(default=120, ge=0, le=3600)
    """Likewise of an agent's; 0: never."""
    hold_minutes: int = Field(default=30, ge=1, le=1440)
    """How long a caller who has put the line on hold, or an agent the caller, may send nothing."""
    agent_seconds: int = Field(default=20, ge=3, le=120)
    """How long an agent's phone rings before the next one does."""
    agent_pause_seconds: int = Field(default=60, ge=0, le=86_400)
    """From when an agent's phone rang in vain until the agent gets calls again."""
    callbacks_a_day: int = Field(default=3, ge=1)
    """Numbers to be called back that one calling number may leave in 24 hours."""
    requests_a_day: int = Field(default=10, ge=1)
    """Requests to the back office that one caller may leave in 24 hours."""
    withheld_a_day: int = Field(default=50, ge=1)
    """Of each of the two, what all callers together may leave whose numbers say nothing."""

    identify_numbers: int = Field(default=5, ge=1)
    """Subscribers that a calling number may fail to identify for in an hour; then it is stopped
    for a day, except for itself."""
    identify_unknown: int = Field(default=30, ge=1)
    """Failures in ten minutes of a trunk's callers whose number says nothing; then they may try
    code words only."""
    identify_unknown_most: int = Field(default=60, ge=1)
    """Likewise; then they have information and agents only."""
    identify_strangers: int = Field(default=100, ge=1)
    """Failures in ten minutes of all of a trunk's callers who are not at the number's own phone;
    then they may try code words only, and at twice as many not at all."""
    identify_line: int = Field(default=60, ge=1)
    """Failures in a minute of all callers not at the own phone: then those whose number says
    nothing may not try, and at twice as many none of them."""
    identify_codes: int = Field(default=3, ge=0)
    """One-time codes by text message, to end a lock, for one number in 24 hours: so many for each
    phone that asks, and four times as many for all phones but the number's own."""

    network_latency: float = Field(default=0.2, ge=0)
    """Seconds that the built-in network simulator takes."""
    network_refuses: str = ""
    """Service ids, joined by ``;``, that the simulator refuses."""
    network_outage: Annotated[
        Literal["none", "error", "hang", "closed"], BeforeValidator(checks.outage)
    ] = "none"
    """How the simulator does not answer: 503, never, or nothing listens at all."""
    network_completes_after: float = Field(default=0.0, ge=0)
    """Seconds that an order stays in progress in the simulator after it was taken."""
    network_deliveries: int = Field(default=1, ge=0, le=10)
    """How many times the simulator delivers each event."""
    network_moods: str = ""
    """Habits of other servers that the simulator has, joined by ``;``."""
    network_simulator_bind: Bind = "127.0.0.1:8090"

    network_url: Annotated[str, AfterValidator(checks.url)] = ""
    """The operator's network, what stands before ``/tmf-api``; empty: the simulator."""
    network_token: Annotated[SecretStr, AfterValidator(checks.token)] = SecretStr("")
    """Bearer token for the network. The simulator asks for it too; empty: for one of its own."""
    network_oauth_url: Annotated[str, AfterValidator(checks.token_url)] = ""
    """Where a token for the network is fetched (OAuth 2 client credentials); empty: nowhere."""
    network_oauth_client: str = ""
    network_oauth_secret: SecretStr = SecretStr("")
    network_oauth_scope: str = ""
    network_certificate: Annotated[Path | None, BeforeValidator(checks.file)] = None
    """Our certificate for the network (PEM), with the key in it or in ``network_key``."""
    network_key: Annotated[Path | None, BeforeValidator(checks.file)] = None
    network_ca: Annotated[Path | None, BeforeValidator(checks.file)] = None
    """Authorities that vouch for the network (PEM); None: those of the machine."""
    network_search_seconds: float = Field(default=300.0, ge=0, le=86_400)
    """How long an order that may have been sent is looked for before it is sent again."""
    network_api: Literal["orders", "activation"] = "orders"
    """TMF641 service orders, or TMF640 where an operator has only activation."""
    network_listener_bind: Bind = "127.0.0.1:8091"
    """Where events of the network are heard."""
    network_callback: Annotated[str, AfterValidator(checks.url)] = ""
    """How the network reaches the listener; empty: ``http://`` and its address."""

    smsc: Annotated[str, AfterValidator(checks.smsc)] = ""
    """The message centre, ``smpp://NAME@HOST:PORT``, ``smpps://`` with TLS; empty: the built-in
    simulator."""
    smsc_password: Annotated[SecretStr, AfterValidator(checks.smsc_password)] = SecretStr("")
    smsc_source: Annotated[str, AfterValidator(checks.source)] = "0890"
    """Whom text messages come from: a number, or a name."""
    smsc_links: Literal["one", "two"] = "one"
    """``one`` for messages and receipts (a transceiver), or ``two``: transmitter and receiver."""
    smsc_system_type: Annotated[str, AfterValidator(checks.system_type)] = ""
    """What kind of system we are to the message centre, where it wants to know."""
    smsc_source_ton: OctetOrEmpty = ""
    smsc_source_npi: OctetOrEmpty = ""
    """Type of number and numbering plan of the sender; empty: 0 and 1 for a number, 5 and 0 for
    a name."""
    smsc_number_ton: int = Field(default=1, ge=0, le=255)
    smsc_number_npi: int = Field(default=1, ge=0, le=255)
    """The same of the numbers that messages go to."""
    smsc_ca: PemFile = ""
    """PEM file of the authority whose certificate the message centre shows; empty: those that this
    machine trusts."""
    smsc_certificate: PemFile = ""
    """PEM file with our certificate and its key, where the message centre asks for one."""
    smsc_simulator_answer: Annotated[str, AfterValidator(checks.status)] = ""
    """What the built-in message centre answers to every message, as 0x0a; empty: it takes them."""
    smsc_simulator_receipts: str = "plain"
    """The form in which it writes receipts."""
    messages_a_day: int = Field(default=10, ge=1)
    """Text messages of one occasion that a number is sent in 24 hours."""
    notices_a_day: int = Field(default=10, ge=1)
    """Notices of one occasion to the owner of a number in 24 hours."""
    fax_trunk: Annotated[str, AfterValidator(checks.fax_trunk)] = ""
    """How Asterisk dials a fax number: ``PJSIP/trunk/sip:{number}@10.0.0.5``; empty: the
    built-in fax machine takes every fax, and nothing leaves this machine."""
    fax_station: Annotated[str, AfterValidator(checks.fax_station)] = "+993 66 30 08 90"
    """Our number as other fax machines are told it, and as it stands above each page."""
    fax_ports: Annotated[str, AfterValidator(checks.ports)] = "4000-4099"
    """UDP ports of faxes over T.38."""
    fax_tries: int = Field(default=3, ge=1, le=10)
    fax_pause_seconds: float = Field(default=300.0, ge=0)
    """Between two tries to send a fax; three times as long where something must be mended."""
    faxes_to_mobile_a_day: int = Field(default=1, ge=1)
    """Invoices sent to one mobile number in 24 hours, of all payers together: a person answers."""
    fax_refuses: Annotated[str, AfterValidator(checks.digits)] = ""
    """Numbers, joined by ``;``, where the built-in fax machine hangs up."""

    voice_tk: Spoken = ""
    voice_ru: Spoken = ""
    voice_en: Spoken = ""
    """The voice of a language: ``rhvoice:NAME``, ``espeak-ng``, either with ``@RATE``, or
    ``command:`` and the operator's own program; empty: the best that is there."""
    runtime: str = ""
    """Folder of unpacked Debian packages, Asterisk and others; empty: found by itself."""
    log_level: str = "info"
    log_megabytes: float = Field(default=20.0, gt=0, le=10_000)
    """Size at which a log is turned over; five older ones are kept."""

    @property
    def database(self) -> str:
        """SQLAlchemy URL of the database."""
        return self.database_url or f"sqlite:///{self.home / 'ivr.sqlite'}"

    @property
    def log_bytes(self) -> int:
        """Size at which a log is turned over."""
        return int(self.log_megabytes * 1_000_000)

    @property
    def cache(self) -> Path:
        """What is downloaded or rendered once for all clones of one user."""
        base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
        return Path(base).expanduser() / "ivr"

    def node_id(self) -> str:
        """What the ids of this node's calls begin with. Unusable: it cannot be kept."""
        return self.node or kept_node(self.home)

    def secret(self, name: str) -> str:
        """The pepper or a password: from the environment, else made once and kept in ``home``.

        ``name`` is ``pepper``, ``ami_secret``, ``agent_secret`` or ``network_token``, that of the
        simulator. The file has mode 600. Unusable: it cannot be kept, or holds no whole secret.
        """
        given: SecretStr = getattr(self, name)
        return given.get_secret_value() or kept_secret(self.home / "secrets", name)

    def known_secret(self, name: str) -> str | None:
        """As secret, but None where it is neither given nor kept: none is made."""
        given: SecretStr = getattr(self, name)
        return given.get_secret_value() or find_secret(self.home / "secrets", name)

    @property
    def token_for_network(self) -> str:
        """What the network is asked with; empty: a network of others that wants none."""
        given = self.network_token.get_secret_value()
        return given if given or self.network_url else self.secret("network_token")


def read_settings() -> Settings:
    """Read the settings. Unusable names the variable that is wrong and why."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "IVR_" + "_".join(str(part) for part in first["loc"]).upper()
        raise Unusable(f"setting {name}: {checks.reason(first)}") from None
    except UnicodeError:
        raise Unusable("a setting, or the file .env, is not UTF-8 text: save it as that") from None
    except OSError as error:
        file = escaped(str(error.filename))
        raise Unusable(
            f"the file {file} cannot be read: {error.strerror}; give this user the right to read it"
        ) from None
