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
from pydantic_settings import BaseSettings, SettingsConfigDict

from ivr.errors import Unusable
from ivr.secretfiles import SHORTEST, WAY_OUT, is_weak, kept_secret

PROJECT = Path(__file__).resolve().parent.parent
"""The folder that holds ivr/, dialplans/, prompts/ and db/."""


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
                f"'{part}' is no address and no network, as in 10.0.0.5,10.0.1.0/24"
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
        raise ValueError(f"'{name}' is no time zone, as Asia/Ashgabat is")
    return name


def _smsc(text: str) -> str:
    if not text:
        return text
    url = urlsplit(text)
    try:
        has_place = bool(url.scheme == "smpp" and url.username and url.hostname and url.port)
    except ValueError:
        has_place = False
    if not has_place or url.password is not None or url.path or url.query:
        raise ValueError(
            "it is not smpp://NAME@HOST:PORT, as in smpp://ivr@10.0.0.7:2775; the password goes"
            " into IVR_SMSC_PASSWORD"
        )
    if len(url.username or "") > 15:
        raise ValueError("SMPP has no names of more than 15 letters")
    return text


def _smsc_password(password: SecretStr) -> SecretStr:
    if len(password.get_secret_value()) > 8:
        raise ValueError("SMPP has no passwords of more than 8 letters")
    return password


def _own_secret(secret: SecretStr) -> SecretStr:
    if secret.get_secret_value() and is_weak(secret.get_secret_value()):
        raise ValueError(
            f"it is too easy to guess, a secret has {SHORTEST} letters or more that nobody chose:"
            f" {WAY_OUT}"
        )
    return secret


def _token(token: SecretStr) -> SecretStr:
    """What may stand in a header; how long it is, is the network's to say."""
    if not re.fullmatch(r"[!-~]*", token.get_secret_value()):
        raise ValueError("a bearer token has no spaces, line breaks or letters beyond ASCII")
    return token


def _source(text: str) -> str:
    if not (text.isascii() and text.isalnum() and len(text) <= (15 if text.isdigit() else 11)):
        raise ValueError(f"'{text}' is neither a number nor a name of at most 11 letters")
    return text


def _fax_trunk(text: str) -> str:
    is_way = re.fullmatch(r"PJSIP/[\w.:;@+{}/=-]+", text) and text.count("{number}") == 1
    if text and not is_way:
        raise ValueError(f"'{text}' is not PJSIP/… with {{number}} once in it")
    return text


def _digits(text: str) -> str:
    if text and not re.fullmatch(r"\d+(;\d+)*", text, re.ASCII):
        raise ValueError(f"'{text}' is not numbers joined by ';', as in 99312345678;99312345679")
    return text


def _absolute(path: Path) -> Path:
    try:
        return path.expanduser().absolute()
    except RuntimeError:
        raise ValueError(f"'{path}': there is no such user") from None


def _url(text: str) -> str:
    if text and not re.fullmatch(r"https?://[^/\s?#]+(/[^\s?#]*)?", text):
        raise ValueError(f"'{text}' is not an address, as in https://network.example")
    return text.rstrip("/")


def _outage(value: object) -> object:
    """Before it said how, it was true or false."""
    return {"false": "none", "true": "error", "": "none"}.get(str(value).lower(), value)


Bind = Annotated[str, AfterValidator(_bind)]
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
    """One-time codes by text message, to end a lock, for one number in 24 hours: so many for the
    number's own phone, and as many for all other callers."""

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
    network_simulator_bind: Bind = "127.0.0.1:8090"

    network_url: Annotated[str, AfterValidator(_url)] = ""
    """The operator's network, what stands before ``/tmf-api``; empty: the simulator."""
    network_token: Annotated[SecretStr, AfterValidator(_token)] = SecretStr("")
    """Bearer token for the network. The simulator asks for it too; empty: for one of its own."""
    network_api: Literal["orders", "activation"] = "orders"
    """TMF641 service orders, or TMF640 where an operator has only activation."""
    network_listener_bind: Bind = "127.0.0.1:8091"
    """Where events of the network are heard."""
    network_callback: Annotated[str, AfterValidator(_url)] = ""
    """How the network reaches the listener; empty: ``http://`` and its address."""

    smsc: Annotated[str, AfterValidator(_smsc)] = ""
    """The message centre, ``smpp://NAME@HOST:PORT``; empty: the built-in simulator."""
    smsc_password: Annotated[SecretStr, AfterValidator(_smsc_password)] = SecretStr("")
    smsc_source: Annotated[str, AfterValidator(_source)] = "0890"
    """Whom text messages come from: a number, or a name."""
    messages_a_day: int = Field(default=10, ge=1)
    """Text messages of one occasion that a number is sent in 24 hours."""
    notices_a_day: int = Field(default=10, ge=1)
    """Notices of one occasion to the owner of a number in 24 hours."""
    fax_trunk: Annotated[str, AfterValidator(_fax_trunk)] = ""
    """How Asterisk dials a fax number: ``PJSIP/trunk/sip:{number}@10.0.0.5``; empty: the
    built-in fax machine takes every fax, and nothing leaves this machine."""
    fax_tries: int = Field(default=3, ge=1, le=10)
    fax_pause_seconds: float = Field(default=300.0, ge=0)
    """Between two tries to send a fax."""
    faxes_to_mobile_a_day: int = Field(default=1, ge=1)
    """Invoices sent to one mobile number in 24 hours, of all payers together: a person answers."""
    fax_refuses: Annotated[str, AfterValidator(_digits)] = ""
    """Numbers, joined by ``;``, where the built-in fax machine hangs up."""

    runtime: str = ""
    """Folder of an unpacked Asterisk, espeak-ng and baresip; empty: found by itself."""
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

    def secret(self, name: str) -> str:
        """The pepper or a password: from the environment, else made once and kept in ``home``.

        ``name`` is ``pepper``, ``ami_secret``, ``agent_secret`` or ``network_token``, that of the
        simulator. The file has mode 600. Unusable: it cannot be kept, or holds no whole secret.
        """
        given: SecretStr = getattr(self, name)
        return given.get_secret_value() or kept_secret(self.home / "secrets", name)

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
        reason = str(first["msg"]).removeprefix("Value error, ")
        raise Unusable(f"setting {name}: {reason}") from None
    except UnicodeError:
        raise Unusable("a setting, or the file .env, is not UTF-8 text") from None
