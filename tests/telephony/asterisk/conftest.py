"""One Asterisk for the tests of a module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.telephony.asterisk.exchange import Exchange, running_exchange


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exchange]:
    with running_exchange(tmp_path_factory.mktemp("exchange")) as exchange:
        yield exchange
