"""A broken flow is refused when it is read, with a sentence that names the place."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.errors import FlowBroken
from ivr.flow.document import parse_flow, read_flow

BROKEN = sorted((Path(__file__).parent.parent / "data" / "broken_flows").glob("*.yaml"))
SHIPPED = Path(__file__).parent.parent.parent / "prompts" / "0890.yaml"


@pytest.mark.parametrize("file", BROKEN, ids=lambda file: file.stem)
def test_a_broken_flow_is_refused_with_its_own_sentence(file: Path) -> None:
    expected = file.read_text().splitlines()[0].removeprefix("# expects: ")
    with pytest.raises(FlowBroken) as refused:
        read_flow(file)
    sentence = str(refused.value)
    assert expected in sentence
    assert str(file) in sentence
    assert "\n" not in sentence


def test_the_shipped_flow_reads() -> None:
    flow = read_flow(SHIPPED)
    assert flow.reachable() == set(flow.nodes)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FlowBroken, match=r"none\.yaml: cannot be read"):
        read_flow(tmp_path / "none.yaml")


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_bytes(b"name: \xff\xfe")
    with pytest.raises(FlowBroken, match="not UTF-8"):
        read_flow(tmp_path / "f.yaml")


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_bytes(b"#" * 1_000_001)
    with pytest.raises(FlowBroken, match="longer than"):
        read_flow(tmp_path / "f.yaml")


def test_a_deep_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "f.yaml").write_text("[" * 20_000)
    with pytest.raises(FlowBroken):
        read_flow(tmp_path / "f.yaml")


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=20,
)


@given(json_like)
@settings(max_examples=150)
def test_nothing_but_a_flow_becomes_a_flow(data: object) -> None:
    with pytest.raises(FlowBroken):
        parse_flow(data)


@given(st.text(max_size=60))
@settings(max_examples=150, deadline=None)
def test_no_text_crashes_the_reader(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.getbasetemp() / "any.yaml"
    file.write_text(text, encoding="utf-8", errors="surrogatepass")
    with pytest.raises(FlowBroken):
        read_flow(file)
