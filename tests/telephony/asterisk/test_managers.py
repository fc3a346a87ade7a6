"""What each user of the management interface may do on a real Asterisk: what its part needs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from ivr.telephony.admission import calls_in_line
from ivr.telephony.ami import AmiLink
from ivr.telephony.management import Manager
from ivr.telephony.session import AgiSession
from ivr.wiring import telephony
from ivr.wiring.container import Container
from tests.telephony.asterisk.exchange import SECONDS, Exchange
from tests.waiting import until

CLASSES = {
    Manager.LINE: set[str](),
    Manager.HEALTH: {"reporting"},
    Manager.DESK: {"agent", "call"},
    Manager.FAX: {"originate"},
}
HEARS = {
    Manager.LINE: {"AgentConnect", "QueueCallerAbandon"},
    Manager.HEALTH: {"FullyBooted", "QueueSummary", "QueueSummaryComplete"},
    Manager.DESK: {"FullyBooted", "QueueCallerJoin", "QueueCallerLeave", "QueueCallerAbandon"},
    Manager.FAX: set[str](),
}
DENIED = {"Response": "Error", "Message": "Permission denied"}
NOT_ASKED = {"Login", "Logoff", "Challenge", "WaitEvent", "QueueStatus"}
"""They end or hold the link, or answer differently."""
ACTIONS: list[tuple[str, dict[str, str]]] = [
    ("Command", {"Command": "core show version"}),
    ("Command", {"Command": "dialplan reload"}),
    ("Command", {"Command": "pjsip show auth agent1"}),
    ("Command", {"Command": "agi set debug on"}),
    ("Setvar", {"Variable": "AGIEXITONHANGUP", "Value": "x"}),
    ("Setvar", {"Variable": "FILE(/tmp/x)", "Value": "x"}),
    ("Setvar", {"Variable": "DB(language/99365000001)", "Value": "en"}),
    ("Setvar", {"Variable": "SHELL(id)", "Value": "x"}),
    ("ModuleLoad", {"LoadType": "load", "Module": "app_system.so"}),
    ("DBPut", {"Family": "language", "Key": "99365000001", "Val": "en"}),
    ("DBDel", {"Family": "language", "Key": "99365000001"}),
    ("DBDelTree", {"Family": "language"}),
    ("PJSIPShowAuths", {}),
    ("PJSIPShowEndpoint", {"Endpoint": "agent1"}),
    ("QueueAdd", {"Queue": "agents", "Interface": "PJSIP/trunk/sip:1@127.0.0.1"}),
    ("QueueRemove", {"Queue": "agents", "Interface": "PJSIP/agent1"}),
    ("QueuePause", {"Interface": "PJSIP/agent1", "Paused": "true"}),
    ("Redirect", {"Channel": "x", "Context": "agents", "Exten": "s", "Priority": "1"}),
    ("Hangup", {"Channel": "/.*/"}),
    ("Bridge", {"Channel1": "x", "Channel2": "y"}),
    ("BlindTransfer", {"Channel": "x", "Context": "agents", "Exten": "s"}),
    ("AGI", {"Channel": "x", "Command": "EXEC System id"}),
    ("PlayDTMF", {"Channel": "x", "Digit": "1"}),
    ("AbsoluteTimeout", {"Channel": "x", "Timeout": "1"}),
    ("DialplanExtensionAdd", {"Context": "x", "Extension": "1", "Priority": "1"}),
    ("DialplanExtensionRemove", {"Context": "say", "Extension": "s"}),
    ("MessageSend", {"To": "pjsip:agent1", "Body": "x"}),
    ("SendText", {"Channel": "x", "Message": "x"}),
    ("UserEvent", {"UserEvent": "IvrRefused", "How": "told"}),
    ("Filter", {"Operation": "Add", "Filter": "Event: VarSet"}),
    ("ModuleCheck", {"Module": "app_queue"}),
]
"""What no part needs, of any user but the desk."""
OF_DESK = frozenset(
    {
        *("Setvar", "QueueAdd", "QueueRemove", "QueuePause", "Redirect", "Hangup", "Bridge"),
        *("BlindTransfer", "PlayDTMF", "AbsoluteTimeout", "SendText"),
    }
)
"""What the classes of the desk allow."""
CONFIG: list[tuple[str, dict[str, str]]] = [
    ("GetConfig", {"Filename": "manager.conf"}),
    ("GetConfigJSON", {"Filename": "pjsip.conf"}),
    ("UpdateConfig", {"SrcFilename": "manager.conf", "DstFilename": "manager.conf"}),
    ("CreateConfig", {"Filename": "new.conf"}),
    ("Reload", {"Module": "pbx_config"}),
]
ORIGINATE = ("Originate", {"Channel": "Local/s@say", "Application": "Wait", "Data": "1"})

MORE_RIGHTS = {
    "SrcFilename": "manager.conf",
    "DstFilename": "manager.conf",
    "Action-000000": "Append",
    "Cat-000000": "ivr-health",
    "Var-000000": "write",
    "Value-000000": "all",
}


@contextmanager
def linked(exchange: Exchange, user: Manager) -> Iterator[AmiLink]:
    link = telephony.manager(Container(exchange.settings), user)
    link.start()
    try:
        assert link.connected.wait(SECONDS)
        yield link
    finally:
        link.close()


def asked(link: AmiLink, action: str, fields: Mapping[str, str]) -> dict[str, str]:
    said = link.action(action, **fields)
    return {name: said.get(name, "") for name in ("Response", "Message")}


@pytest.mark.parametrize("user", Manager)
def test_an_action_that_the_part_does_not_need_is_denied(exchange: Exchange, user: Manager) -> None:
    needless = [*ACTIONS, *CONFIG]
    if user is Manager.DESK:
        needless = [(action, fields) for action, fields in needless if action not in OF_DESK]
    if user is not Manager.FAX:
        needless.append(ORIGINATE)
    with linked(exchange, user) as link:
        for action, fields in needless:
            assert asked(link, action, fields) == DENIED, (action, fields)


@pytest.mark.parametrize("user", Manager)
def test_of_all_actions_those_of_its_classes_alone_are_allowed(
    exchange: Exchange, user: Manager
) -> None:
    with linked(exchange, user) as link:
        listed = exchange.link.action("ListCommands")
        needs = {
            action: set(found[1].split(",")) - {"all"}
            for action, text in listed.items()
            if (found := re.search(r"\(Priv: ([a-z,]+)\)$", text))
        }
        assert len(needs) > 60
        for action in needs.keys() - NOT_ASKED:
            is_denied = asked(link, action, {}) == DENIED
            assert is_denied == needs[action].isdisjoint(CLASSES[user]), action


def test_no_user_has_a_class_that_runs_commands_and_only_the_desk_takes_calls_away() -> None:
    for user, classes in CLASSES.items():
        assert classes.isdisjoint({"system", "command", "dialplan", "all"})
        assert user is Manager.DESK or classes.isdisjoint({"call", "agent"})


def test_the_desk_starts_no_program_and_reads_and_writes_no_file(exchange: Exchange) -> None:
    trace = exchange.settings.home / "trace-of-desk"
    with linked(exchange, Manager.DESK) as link:
        for variable in (f"FILE({trace})", f"SHELL(touch {trace})", "DB(language/1)"):
            link.action("Setvar", Variable=variable, Value="x")
        for variable in ("FILE(/etc/hosts)", "SHELL(id)"):
            assert link.action("Getvar", Variable=variable).get("Value", "") == "", variable
        assert link.action("QueueSummary")["Response"] == "Success"
    assert not trace.exists()
    assert "0 results" in exchange.asterisk.command("database show language")


def test_the_passwords_differ_and_the_secret_itself_is_none(exchange: Exchange) -> None:
    secret = exchange.settings.secret("ami_secret")
    passwords = {user.password(secret) for user in Manager} | {secret}
    assert len(passwords) == len(Manager) + 1
    for user in (*Manager, "ivr", "admin"):
        for password in passwords:
            if isinstance(user, Manager) and user.password(secret) == password:
                continue
            link = AmiLink(("127.0.0.1", _port(exchange)), user, password)
            link.start()
            assert not link.connected.wait(0.3), user
            link.close()


def test_the_health_process_can_do_what_it_is_for(exchange: Exchange) -> None:
    with linked(exchange, Manager.HEALTH) as link:
        assert link.action("QueueSummary")["Response"] == "Success"
        assert link.action("LoggerRotate")["Response"] == "Success"
        assert calls_in_line(link) == 0


def test_the_health_process_writes_no_configuration_and_reads_no_file(exchange: Exchange) -> None:
    etc = exchange.settings.home / "asterisk" / "etc"
    before = {file.name: file.read_text() for file in etc.iterdir()}
    with linked(exchange, Manager.HEALTH) as link:
        link.action("UpdateConfig", **MORE_RIGHTS)
        link.action("CreateConfig", Filename="new.conf")
        assert {file.name: file.read_text() for file in etc.iterdir()} == before
        for variable in ("FILE(/etc/hosts)", "SHELL(id)", f"FILE({etc}/manager.conf)"):
            assert link.action("Getvar", Variable=variable).get("Value", "") == "", variable
        assert link.action("GetConfig", Filename="/etc/passwd")["Response"] == "Error"


def test_who_sends_faxes_starts_no_program_and_writes_no_file(exchange: Exchange) -> None:
    home = exchange.settings.home
    trace = home / "trace"
    with linked(exchange, Manager.FAX) as link:
        for application, data in (
            ("AGI", f"/bin/touch,{trace}"),
            ("System", f"touch {trace}"),
            ("Set", f"FILE({trace})=x"),
            ("MixMonitor", f"x.wav,,touch {trace}"),
        ):
            link.action(
                "Originate", Channel="Local/s@say", Application=application, Data=data, Async="true"
            )
        link.action(
            "Originate",
            Channel="Local/agent@trial",
            Context="caller",
            Exten="s",
            Priority="1",
            Variable=f"FILE({trace})=x,KEYS=1,HOLD=0",
            Async="true",
        )
    until(lambda: "0 active channels" in exchange.asterisk.command("core show channels count"))
    assert not trace.exists()


@pytest.mark.parametrize("user", Manager)
def test_nobody_hears_keys_or_variables(exchange: Exchange, user: Manager) -> None:
    heard: list[str] = []
    with linked(exchange, user) as link:
        link.listen_to(lambda name, _event: heard.append(name))
        link.action("Events", EventMask="on")

        def talk(session: AgiSession) -> str | None:
            key = session.telephone.ask_key([exchange.utterance("long")], 5)
            session.set("IVR_PLACE", "node=main")
            session._agi.execute("EXEC", "Queue", '"agents,,,,1"', wait=SECONDS)
            return key

        assert exchange.call("4", talk) == "4"
        if user is Manager.LINE:
            until(lambda: "QueueCallerAbandon" in heard)
    assert set(heard) <= HEARS[user]


def _port(exchange: Exchange) -> int:
    return int(exchange.settings.ami_bind.rpartition(":")[2])
