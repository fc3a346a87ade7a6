"""Checks of settings: each function checks one kind, and its error shows the right form."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import SecretStr
from pydantic_core import ErrorDetails

from ivr.system.node import ID, RULE
from ivr.system.secretfiles import SHORTEST, WAY_OUT, is_weak

VOICE = re.compile(
    r"(?P<engine>rhvoice|espeak-ng)(?::(?P<name>[A-Za-z0-9-]+))?(?:@(?P<rate>[1-9][0-9]{1,2}))?"
    r"|command:(?P<command>\s*\S.*)"
)
"""The setting of a voice. ``@RATE``: percent of the voice's own speed for RHVoice, words per minute
for espeak-ng."""


def is_number(text: str) -> bool:
    """Whether the text is 1 to 5 ASCII digits: Asterisk reads no digits of other scripts."""
    return text.isascii() and text.isdecimal() and len(text) <= 5


def bind(text: str) -> str:
    host, _, port = text.rpartition(":")
    if not host or not is_number(port) or not 0 < int(port) < 65536:
        raise ValueError(f"'{text}' is not HOST:PORT, as in 127.0.0.1:5060")
    return text


def bind_or_off(text: str) -> str:
    return text if text == "off" else bind(text)


def own_bind(text: str) -> str:
    """Check a bind that only this machine may reach."""
    host, _, _ = bind(text).rpartition(":")
    try:
        is_own = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_own = host == "localhost"
    if not is_own:
        raise ValueError(f"'{text}' can be reached by others: use 127.0.0.1 and a port")
    return text


def desk_url(text: str) -> str:
    if not text:
        return text
    url = urlsplit(text)
    try:
        is_site = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
    except ValueError:
        is_site = False
    if not is_site or url.path.strip("/") or url.query or url.fragment or url.username:
        raise ValueError(f"'{text}' is not the address of a site, as https://desk.example is")
    return text


def networks(text: str) -> str:
    for part in filter(None, (part.strip() for part in text.split(","))):
        try:
            ipaddress.ip_network(part, strict=False)
        except ValueError:
            raise ValueError(
                f"'{part}' is neither an address nor a network: write them as in"
                " 10.0.0.5,10.0.1.0/24"
            ) from None
    return text


def address(text: str) -> str:
    try:
        return str(ipaddress.IPv4Address(text)) if text else ""
    except ValueError:
        raise ValueError(f"'{text}' is not an IPv4 address such as 203.0.113.5") from None


def ports(text: str) -> str:
    low, _, high = text.partition("-")
    if not (is_number(low) and is_number(high) and 1024 <= int(low) < int(high) < 65536):
        raise ValueError(f"'{text}' is not LOW-HIGH, as in 20000-29999")
    return text


def zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"'{name}' is not the name of a time zone such as Asia/Ashgabat")
    return name


def smsc(text: str) -> str:
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
        raise ValueError("a name in SMPP has at most 15 letters: ask its operator")
    return text


def smsc_password(password: SecretStr) -> SecretStr:
    if len(password.get_secret_value()) > 8:
        raise ValueError("a password in SMPP has at most 8 letters: ask its operator")
    return password


def system_type(text: str) -> str:
    if not re.fullmatch(r"[!-~]{0,12}", text):
        raise ValueError(
            f"'{text}' is not a system type, which has at most 12 letters, digits and signs"
        )
    return text


def pem_file(text: str) -> str:
    if text and not absolute(Path(text)).is_file():
        raise ValueError(f"'{text}': there is no such file; write the absolute path of a PEM file")
    return text


def octet(text: str) -> str:
    if text and not (is_number(text) and int(text) < 256):
        raise ValueError(f"'{text}' is not a whole number from 0 to 255; it may be empty")
    return text


def status(text: str) -> str:
    if text and not re.fullmatch(r"0x[0-9a-fA-F]{1,8}", text):
        raise ValueError(f"'{text}' is not a command_status of SMPP such as 0x0a")
    return text


def own_secret(secret: SecretStr) -> SecretStr:
    if secret.get_secret_value() and is_weak(secret.get_secret_value()):
        raise ValueError(
            f"it is too easy to guess: a secret needs at least {SHORTEST} random characters;"
            f" {WAY_OUT}"
        )
    return secret


def token(token: SecretStr) -> SecretStr:
    """Check that a header can hold the token; the network decides on its length."""
    if not re.fullmatch(r"[!-~]*", token.get_secret_value()):
        raise ValueError(
            "a bearer token has no spaces, line breaks or letters beyond ASCII: copy it again"
        )
    return token


def source(text: str) -> str:
    if not (text.isascii() and text.isalnum() and len(text) <= (15 if text.isdigit() else 11)):
        raise ValueError(
            f"'{text}' is neither a number nor a name of at most 11 letters from a to z, such"
            " as 0890 or MTS"
        )
    return text


def fax_trunk(text: str) -> str:
    is_way = (
        re.fullmatch(r"PJSIP/[\w-]+/sips?:[\w.:;@+{}=-]+", text) and text.count("{number}") == 1
    )
    if text and not is_way:
        raise ValueError(
            f"'{text}' is not PJSIP/trunk/sip:… with {{number}} once in it, as in"
            " PJSIP/trunk/sip:{number}@10.0.0.5"
        )
    return text


def fax_station(text: str) -> str:
    if not re.fullmatch(r"[0-9+ ]{1,20}", text, re.ASCII) or text != text.strip():
        raise ValueError(f"'{text}' is not 1 to 20 digits, spaces and +, as in +993 66 30 08 90")
    return text


def digits(text: str) -> str:
    if text and not re.fullmatch(r"\d+(;\d+)*", text, re.ASCII):
        raise ValueError(f"'{text}' is not numbers joined by ';', as in 99312345678;99312345679")
    return text


def spoken(text: str) -> str:
    if text and not VOICE.fullmatch(text):
        raise ValueError(
            "give rhvoice, rhvoice:NAME or espeak-ng, each with @RATE if you wish "
            "(rhvoice:anna@110), or command: and a program that reads words and writes WAV"
        )
    return text


def absolute(path: Path) -> Path:
    try:
        return path.expanduser().absolute()
    except RuntimeError:
        raise ValueError(
            f"'{path}': this machine has no such user: write the absolute path, without ~"
        ) from None


def url(text: str) -> str:
    if text and not re.fullmatch(r"https?://[^/\s?#]+(/[^\s?#]*)?", text):
        raise ValueError(f"'{text}' is not an address, as in https://network.example")
    return text.rstrip("/")


def node(text: str) -> str:
    if text and not ID.fullmatch(text):
        raise ValueError(f"'{text}' is not {RULE}")
    return text


def token_url(text: str) -> str:
    """Require https, except to this machine: the secret is sent there."""
    parts = urlsplit(url(text))
    is_local = parts.hostname in ("127.0.0.1", "::1", "localhost")
    if text and parts.scheme != "https" and not is_local:
        raise ValueError(f"'{text}' is not https://…: our secret would be sent unencrypted")
    return text


def file(value: object) -> object:
    """Turn an empty path into None."""
    if value is None or str(value) in ("", "None"):
        return None
    return absolute(Path(str(value)))


def outage(value: object) -> object:
    """Convert the values of older versions: the setting was true or false."""
    return {"false": "none", "true": "error", "": "none"}.get(str(value).lower(), value)


def reason(error: ErrorDetails) -> str:
    """Return a sentence for engineers: what is wrong with a setting, and its right form."""
    value, bounds = error["input"], error.get("ctx", {})
    match error["type"]:
        case "value_error":
            return str(error["msg"]).removeprefix("Value error, ")
        case "int_parsing" | "int_from_float" | "int_parsing_size":
            return f"'{value}' is not a whole number such as 5"
        case "float_parsing" | "finite_number":
            return f"'{value}' is not a number such as 2.5"
        case "bool_parsing":
            return f"'{value}' is neither true nor false"
        case "literal_error":
            return f"'{value}' is not one of {bounds['expected'].replace(' or ', ', ')}"
        case "greater_than_equal":
            return f"{value} is too small: the minimum is {bounds['ge']}"
        case "greater_than":
            return f"{value} is too small: it must be more than {bounds['gt']}"
        case "less_than_equal":
            return f"{value} is too large: the maximum is {bounds['le']}"
    return str(error["msg"])
