"""Settings: read once, from the environment (IVR_*) or a file ``.env``; frozen afterwards."""

from __future__ import annotations

import ipaddress
import os
import re
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from ivr.errors import Unusable
from ivr.system.node import ID, RULE, kept_node
from ivr.system.printable import escaped
from ivr.system.secretfiles import SHORTEST, WAY_OUT, find_secret, is_weak, kept_secret

PROJECT = Path(__file__).resolve().parent.parent
"""The folder that holds ivr/, dialplans/, prompts/ and db/."""

VOICE = re.compile(
    r"(?P<engine>rhvoice|espeak-ng)(?::(?P<name>[A-Za-z0-9-]+))?(?:@(?P<rate>[1-9][0-9]{1,2}))?"
    r"|command:(?P<command>\s*\S.*)"
)
"""A setting of a voice: ``@RATE`` is percent of a RHVoice voice's own speed, and words a minute of
espeak-ng."""


def _is_number(text: str) -> bool:
    """Of the digits that Asterisk reads, and of no other script."""
    return text.isascii() and text.isdecimal() and len(text) <= 5


def _bind(text: str) -> str:
    host, _, port = text.rpartition(":")
    if not host or not _is_number(port) or not 0 < int(port) < 65536:
        raise ValueError(f"'{text}' is not HOST:PORT, as in 127.0.0.1:5060")
    return text


def _networks(text: str) -> str:
    for part in filter(None, (part.strip() for part in text.split(","))):
        try:
            ipaddress.ip_network(part, strict=False)
        except ValueError:
            raise ValueError(
                f"'{part}' is no address and no network: write them as in 10.0.0.5,10.0.1.0/24"
            ) from None
    return text


def _address(text: str) -> str:
    try:
        return str(ipaddress.IPv4Address(text)) if text else ""
    except ValueError:
        raise ValueError(f"'{text}' is no IPv4 address, as 203.0.113.5 is") from None


def _ports(text: str) -> str:
    low, _, high = text.partition("-")
    if not (_is_number(low) and _is_number(high) and 1024 <= int(low) < int(high) < 65536):
        raise ValueError(f"'{text}' is not LOW-HIGH, as in 20000-29999")
    return text


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"'{name}' is no name of a time zone, as Asia/Ashgabat is")
    return name


def _smsc(text: str) -> str:
    if not text:
        return text
    url = urlsplit(text)
    try:
        is_smpp = url.scheme in ("smpp", "smpps")
        has_place = bool(is_smpp and url.username and url.hostname and url.port)
    except ValueError:
        has_place = False
    if not has_place or url.password is not None or url.path or url.query:
        raise ValueError(
            "it is not smpp://NAME@HOST:PORT, as in smpp://ivr@10.0.0.7:2775, or smpps:// with"
            " TLS; the password goes into IVR_SMSC_PASSWORD"
        )
    if len(url.username or "") > 15:
        raise ValueError(
            "a name has 15 letters at most in SMPP: ask the message centre's people for ours"
        )
    return text


def _smsc_password(password: SecretStr) -> SecretStr:
    if len(password.get_secret_value()) > 8:
        raise ValueError(
            "a password has 8 letters at most in SMPP: ask the message centre's people for ours"
        )
    return password


def _system_type(text: str) -> str:
    if not re.fullmatch(r"[!-~]{0,12}", text):
        raise ValueError(f"'{text}' is no system type: it has at most 12 letters, digits and signs")
    return text


def _pem_file(text: str) -> str:
    if text and not _absolute(Path(text)).is_file():
        raise ValueError(f"'{text}': there is no such file; write the whole path of a PEM file")
    return text


def _octet(text: str) -> str:
    if text and not (_is_number(text) and int(text) < 256):
        raise ValueError(f"'{text}' is no whole number from 0 to 255; it may be empty")
    return text


def _status(text: str) -> str:
    if text and not re.fullmatch(r"0x[0-9a-fA-F]{1,8}", text):
        raise ValueError(f"'{text}' is no command_status of SMPP, as 0x0a is")
    return text


def _own_secret(secret: SecretStr) -> SecretStr:
    if secret.get_secret_value() and is_weak(secret.get_secret_value()):
        raise ValueError(
            f"it is too easy to guess: a secret has {SHORTEST} letters or more that nobody chose;"
            f" {WAY_OUT}"
        )
    return secret


def _token(token: SecretStr) -> SecretStr:
    """What may stand in a header; how long it is, is the network's to say."""
    if not re.fullmatch(r"[!-~]*", token.get_secret_value()):
        raise ValueError(
            "a bearer token has no spaces, line breaks or letters beyond ASCII: copy it again"
        )
    return token


def _source(text: str) -> str:
    if not (text.isascii() and text.isalnum() and len(text) <= (15 if text.isdigit() else 11)):
        raise ValueError(
            f"'{text}' is neither a number nor a name of at most 11 letters from a to z, as 0890"
            " and MTS are"
        )
    return text


def _fax_trunk(text: str) -> str:
    is_way = (
        re.fullmatch(r"PJSIP/[\w-]+/sips?:[\w.:;@+{}=-]+", text) and text.count("{number}") == 1
    )
    if text and not is_way:
        raise ValueError(
            f"'{text}' is not PJSIP/trunk/sip:… with {{number}} once in it, as in"
            " PJSIP/trunk/sip:{number}@10.0.0.5"
        )
    return text


def _fax_station(text: str) -> str:
    if not re.fullmatch(r"[0-9+ ]{1,20}", text, re.ASCII) or text != text.strip():
        raise ValueError(f"'{text}' is not 1 to 20 digits, spaces and +, as in +993 66 30 08 90")
    return text


def _digits(text: str) -> str:
    if text and not re.fullmatch(r"\d+(;\d+)*", text, re.ASCII):
        raise ValueError(f"'{text}' is not numbers joined by ';', as in 99312345678;99312345679")
    return text


def _spoken(text: str) -> str:
    if text and not VOICE.fullmatch(text):
        raise ValueError(
            "give rhvoice, rhvoice:NAME or espeak-ng, each with @RATE if you wish "
            "(rhvoice:anna@110), or command: and a program that reads words and writes WAV"
        )
    return text


def _absolute(path: Path) -> Path:
    try:
        return path.expanduser().absolute()
    except RuntimeError:
        raise ValueError(
            f"'{path}': this machine has no such user: write the whole path, without ~"
        ) from None


def _url(text: str) -> str:
    if text and not re.fullmatch(r"https?://[^/\s?#]+(/[^\s?#]*)?", text):
        raise ValueError(f"'{text}' is not an address, as in https://network.example")
    return text.rstrip("/")


def _node(text: str) -> str:
    if text and not ID.fullmatch(text):
        raise ValueError(f"'{text}' is not {RULE}")
    return text


def _token_url(text: str) -> str:
    """A secret goes there: in the clear to this machine only."""
    parts = urlsplit(_url(text))
    is_local = parts.hostname in ("127.0.0.1", "::1", "localhost")
    if text and parts.scheme != "https" and not is_local:
        raise ValueError(f"'{text}' is not https://…: our secret would go there in the clear")
    return text


def _file(value: object) -> object:
    """An empty path is none."""
    if value is None or str(value) in ("", "None"):
        return None
    return _absolute(Path(str(value)))


def _outage(value: object) -> object:
    """Before it said how, it was true or false."""
    return {"false": "none", "true": "error", "": "none"}.get(str(value).lower(), value)


Spoken = Annotated[str, AfterValidator(_spoken)]
Bind = Annotated[str, AfterValidator(_bind)]
PemFile = Annotated[str, AfterValidator(_pem_file)]
OctetOrEmpty = Annotated[str, AfterValidator(_octet)]
OwnSecret = Annotated[SecretStr, AfterValidator(_own_secret)]
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

    home: Annotated[Path, AfterValidator(_absolute)] = Path("var")
    """Where everything is written."""
    database_url: str = ""
    """Empty: SQLite in ``home``. ``postgresql+psycopg://…`` for more."""

    sip_bind: Bind = "127.0.0.1:5060"
    rtp_ports: Annotated[str, AfterValidator(_ports)] = "20000-29999"
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
    external_address: Annotated[str, AfterValidator(_address)] = ""
    """How peers beyond ``agent_networks`` reach this machine, where its address is translated."""
    agent_networks: str = "127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16"
    """Where agents' phones may be. SIP from elsewhere, but for the trunks, is not read."""
    agi_peers: Annotated[str, AfterValidator(_networks)] = ""
    """Addresses and networks that may ask on ``agi_bind``; empty: its own address alone."""

    pepper: OwnSecret = SecretStr("")
    ami_secret: OwnSecret = SecretStr("")
    agent_secret: OwnSecret = SecretStr("")
    """SIP password of the demo agent's phone."""

    node: Annotated[str, AfterValidator(_node)] = ""
    """Id of this node among those that share a database; empty: made once, kept in ``home``."""

    timezone: Annotated[str, AfterValidator(_zone)] = "Asia/Ashgabat"
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
    front: bool = True
    """Asterisk itself asks the questions that need nobody, of callers whose language is known."""
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
        Literal["none", "error", "hang", "closed"], BeforeValidator(_outage)
    ] = "none"
    """How the simulator does not answer: 503, never, or nothing listens at all."""
    network_completes_after: float = Field(default=0.0, ge=0)
    """Seconds that an order stays in progress in the simulator after it was taken."""
    network_deliveries: int = Field(default=1, ge=0, le=10)
    """How many times the simulator delivers each event."""
    network_moods: str = ""
    """Habits of other servers that the simulator has, joined by ``;``."""
    network_simulator_bind: Bind = "127.0.0.1:8090"

    network_url: Annotated[str, AfterValidator(_url)] = ""
    """The operator's network, what stands before ``/tmf-api``; empty: the simulator."""
    network_token: Annotated[SecretStr, AfterValidator(_token)] = SecretStr("")
    """Bearer token for the network. The simulator asks for it too; empty: for one of its own."""
    network_oauth_url: Annotated[str, AfterValidator(_token_url)] = ""
    """Where a token for the network is fetched (OAuth 2 client credentials); empty: nowhere."""
    network_oauth_client: str = ""
    network_oauth_secret: SecretStr = SecretStr("")
    network_oauth_scope: str = ""
    network_certificate: Annotated[Path | None, BeforeValidator(_file)] = None
    """Our certificate for the network (PEM), with the key in it or in ``network_key``."""
    network_key: Annotated[Path | None, BeforeValidator(_file)] = None
    network_ca: Annotated[Path | None, BeforeValidator(_file)] = None
    """Authorities that vouch for the network (PEM); None: those of the machine."""
    network_search_seconds: float = Field(default=300.0, ge=0, le=86_400)
    """How long an order that may have been sent is looked for before it is sent again."""
    network_api: Literal["orders", "activation"] = "orders"
    """TMF641 service orders, or TMF640 where an operator has only activation."""
    network_listener_bind: Bind = "127.0.0.1:8091"
    """Where events of the network are heard."""
    network_callback: Annotated[str, AfterValidator(_url)] = ""
    """How the network reaches the listener; empty: ``http://`` and its address."""

    smsc: Annotated[str, AfterValidator(_smsc)] = ""
    """The message centre, ``smpp://NAME@HOST:PORT``, ``smpps://`` with TLS; empty: the built-in
    simulator."""
    smsc_password: Annotated[SecretStr, AfterValidator(_smsc_password)] = SecretStr("")
    smsc_source: Annotated[str, AfterValidator(_source)] = "0890"
    """Whom text messages come from: a number, or a name."""
    smsc_links: Literal["one", "two"] = "one"
    """``one`` for messages and receipts (a transceiver), or ``two``: transmitter and receiver."""
    smsc_system_type: Annotated[str, AfterValidator(_system_type)] = ""
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
    smsc_simulator_answer: Annotated[str, AfterValidator(_status)] = ""
    """What the built-in message centre answers to every message, as 0x0a; empty: it takes them."""
    smsc_simulator_receipts: str = "plain"
    """The form in which it writes receipts."""
    messages_a_day: int = Field(default=10, ge=1)
    """Text messages of one occasion that a number is sent in 24 hours."""
    notices_a_day: int = Field(default=10, ge=1)
    """Notices of one occasion to the owner of a number in 24 hours."""
    fax_trunk: Annotated[str, AfterValidator(_fax_trunk)] = ""
    """How Asterisk dials a fax number: ``PJSIP/trunk/sip:{number}@10.0.0.5``; empty: the
    built-in fax machine takes every fax, and nothing leaves this machine."""
    fax_station: Annotated[str, AfterValidator(_fax_station)] = "+993 66 30 08 90"
    """Our number as other fax machines are told it, and as it stands above each page."""
    fax_ports: Annotated[str, AfterValidator(_ports)] = "4000-4099"
    """UDP ports of faxes over T.38."""
    fax_tries: int = Field(default=3, ge=1, le=10)
    fax_pause_seconds: float = Field(default=300.0, ge=0)
    """Between two tries to send a fax; three times as long where something must be mended."""
    faxes_to_mobile_a_day: int = Field(default=1, ge=1)
    """Invoices sent to one mobile number in 24 hours, of all payers together: a person answers."""
    fax_refuses: Annotated[str, AfterValidator(_digits)] = ""
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


def _reason(error: ErrorDetails) -> str:
    """What is wrong with a setting, and how it is written, in words for engineers."""
    value, bounds = error["input"], error.get("ctx", {})
    match error["type"]:
        case "value_error":
            return str(error["msg"]).removeprefix("Value error, ")
        case "int_parsing" | "int_from_float" | "int_parsing_size":
            return f"'{value}' is no whole number, as in 5"
        case "float_parsing" | "finite_number":
            return f"'{value}' is no number, as in 2.5"
        case "bool_parsing":
            return f"'{value}' is neither true nor false"
        case "literal_error":
            return f"'{value}' is none of {bounds['expected'].replace(' or ', ', ')}"
        case "greater_than_equal":
            return f"{value} is too little: {bounds['ge']} is the least"
        case "greater_than":
            return f"{value} is too little: more than {bounds['gt']} is wanted"
        case "less_than_equal":
            return f"{value} is too much: {bounds['le']} is the most"
    return str(error["msg"])


def read_settings() -> Settings:
    """Read the settings. Unusable names the variable that is wrong and why."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = "IVR_" + "_".join(str(part) for part in first["loc"]).upper()
        raise Unusable(f"setting {name}: {_reason(first)}") from None
    except UnicodeError:
        raise Unusable("a setting, or the file .env, is not UTF-8 text: save it as that") from None
    except OSError as error:
        file = escaped(str(error.filename))
        raise Unusable(
            f"the file {file} cannot be read: {error.strerror}; give this user the right to read it"
        ) from None
