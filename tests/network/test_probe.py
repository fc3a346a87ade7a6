"""``ivr doctor network`` says what it found: what is not understood is not told as good."""

from __future__ import annotations

import pytest

from ivr.commands import doctor
from ivr.errors import Unusable
from ivr.network import probe
from ivr.network.models.service_order import NewServiceOrder
from ivr.network.tmforum import service_order_of
from ivr.simulators.network.habit import Habit
from ivr.wiring.container import Container
from tests.e2e.installation import own_settings
from tests.network.test_tmforum_outages import server_that_says
from tests.network.world import Simulated, order

TOKEN = "a-token-of-the-tests"


def container(operator: Simulated, port: int = 0, **given: object) -> Container:
    url = f"http://127.0.0.1:{port or operator.port}"
    operator.world.token = TOKEN
    home = operator.state.file.parent
    return Container(own_settings(home, network_url=url, network_token=TOKEN, **given))


@pytest.mark.parametrize("api", ["orders", "activation"])
@pytest.mark.parametrize("habits", [(), (Habit.NULLS, Habit.CAPITALS), (Habit.PAGES,)])
def test_a_network_that_is_understood(
    operator: Simulated, habits: tuple[Habit, ...], api: str
) -> None:
    operator.network().carry_out(order())
    operator.is_in(habits=habits)
    said = doctor._network(container(operator, network_api=api))
    name = "orders" if api == "orders" else "services"
    for part in (f"{name} answers", "numbers answers", "bills answers", "requests answers"):
        assert part in said
    assert "catalogue sells 2" in said


@pytest.mark.parametrize(
    ("mood", "said"),
    [
        ({"outage": "error"}, "orders: it answers with status 503"),
        ({"outage": "error", "down": ["billing"]}, "bills: it answers with status 503"),
        ({"outage": "error", "down": ["back-office"]}, "requests: it answers with status 503"),
        ({"outage": "error", "down": ["catalogue"]}, "catalogue: it answers with status 503"),
        ({"habits": [Habit.OWN_STATES], "completes_after": 60.0}, "the state 'beingProvisioned'"),
        ({"habits": [Habit.ODD_ITEMS]}, "an item that is not an object"),
    ],
)
def test_what_is_wrong_is_named(operator: Simulated, mood: dict[str, object], said: str) -> None:
    operator.is_in(completes_after=60.0)
    operator.world.take(new_order(), 60.0)
    operator.is_in(**mood)
    with pytest.raises(Unusable) as error:
        doctor._network(container(operator))
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]", "catalogue: sells no offers"),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "there is nothing at /tmf-api/"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "not understood"),
        (b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", "refuses our token"),
    ],
    ids=["empty", "404", "no-json", "401"],
)
def test_another_server_is_not_called_good(operator: Simulated, answer: bytes, said: str) -> None:
    with server_that_says(answer) as port, pytest.raises(Unusable) as error:
        doctor._network(container(operator, port))
    assert said in str(error.value)


def new_order() -> NewServiceOrder:

    return service_order_of(order("c:9"))


def test_every_list_that_the_line_reads_is_asked_for() -> None:
    lists = {probe.ORDERING, probe.ACTIVATION, probe.NUMBERS, probe.BILLING, probe.BACK_OFFICE}
    assert len({each.path for each in lists}) == 5
