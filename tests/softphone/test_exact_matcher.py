"""What is said is told from the frames, however it is cut, mixed and disturbed."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ivr.domain.values import Language
from ivr.softphone.exact_matcher import FRAME, ExactMatcher, Fragment, learn, piece
from tests.softphone.sounds import SILENT, alaw, pieces, said, vocabulary_of

KNOWN = pieces(30)
WORDS = vocabulary_of(KNOWN)


def hear(sound: bytes, portion: int = 1_000_000) -> ExactMatcher:
    hearing = ExactMatcher(WORDS)
    for at in range(0, len(sound), portion):
        hearing.feed(sound[at : at + portion])
    hearing.feed(SILENT * 50)
    return hearing


def words(hearing: ExactMatcher) -> list[str]:
    return [each.piece.words for each in hearing.heard]


@settings(max_examples=50, deadline=None)
@given(
    order=st.lists(st.integers(0, len(KNOWN) - 1), max_size=8),
    gaps=st.lists(st.integers(0, 20), min_size=8, max_size=8),
    portion=st.integers(2, 3000),
)
def test_pieces_are_told_in_order_with_their_times(
    order: list[int], gaps: list[int], portion: int
) -> None:
    sound, starts = b"", []
    for number, gap in zip(order, gaps, strict=False):
        sound += SILENT * gap
        starts.append(len(sound) / FRAME * 0.02)
        sound += said(KNOWN[number])
    hearing = hear(sound, portion)
    assert words(hearing) == [KNOWN[number].words for number in order]
    assert all(each.complete for each in hearing.heard)
    assert [round(each.start, 2) for each in hearing.heard] == [round(at, 2) for at in starts]
    assert hearing.strange == []


@settings(max_examples=50, deadline=None)
@given(number=st.integers(0, len(KNOWN) - 1), after=st.integers(0, 29), data=st.data())
def test_a_piece_cut_off_is_told_as_far_as_it_was_heard(
    number: int, after: int, data: st.DataObject
) -> None:
    whole = KNOWN[number]
    cut = data.draw(st.integers(8, len(whole.frames) - 4))
    hearing = hear(said(whole)[: cut * FRAME] + SILENT * 5 + said(KNOWN[after]))
    assert words(hearing) == [whole.words, KNOWN[after].words]
    first, second = hearing.heard
    assert not first.complete
    assert round(first.end - first.start, 2) <= round(cut * 0.02, 2)
    assert second.complete


@settings(max_examples=50, deadline=None)
@given(number=st.integers(0, len(KNOWN) - 1), data=st.data())
def test_lost_and_late_packets_cost_their_own_time_only(number: int, data: st.DataObject) -> None:
    whole = KNOWN[number]
    frames = list(whole.frames)
    at = data.draw(st.integers(8, len(frames) - 5))
    match data.draw(st.sampled_from(["lost", "late", "damaged"])):
        case "lost":
            del frames[at]
        case "late":
            frames[at:at] = [SILENT] * 10
        case _:
            frames[at] = bytes([1, 2]) * 160
    hearing = hear(b"".join(frames) + SILENT * 5)
    assert words(hearing) == [whole.words]
    assert hearing.heard[0].complete


@settings(max_examples=30, deadline=None)
@given(missed=st.integers(1, 4))
def test_a_piece_whose_beginning_was_missed_is_known(missed: int) -> None:
    whole = piece(Language.ENGLISH, "missed", alaw(7, 40))
    hearing = ExactMatcher(learn([whole]))
    hearing.feed(said(whole)[missed * FRAME :])
    assert [each.piece.words for each in hearing.heard] == ["missed"]


def test_pieces_that_begin_alike_are_told_apart() -> None:
    common = alaw(1, 40)
    short, long, other = (
        piece(Language.RUSSIAN, name, common + tail)
        for name, tail in (("short", b""), ("long", alaw(2, 20)), ("other", alaw(3, 20)))
    )
    hearing = ExactMatcher(learn([short, long, other]))
    for each in (long, short, other, other, short):
        hearing.feed(said(each))
    hearing.feed(SILENT * 50)
    told = [each.piece.words for each in hearing.heard]
    assert told == ["long", "short", "other", "other", "short"]


def test_the_piece_being_said_is_known_before_its_end() -> None:
    hearing = ExactMatcher(WORDS)
    hearing.feed(said(KNOWN[3])[: 11 * FRAME])
    assert hearing.saying == KNOWN[3]
    assert hearing.heard == []


def test_what_nobody_rendered_is_strange() -> None:
    music = said(piece(Language.ENGLISH, "music", alaw(99, 50)))
    hearing = hear(said(KNOWN[0]) + SILENT * 10 + music)
    assert words(hearing) == [KNOWN[0].words]
    (stretch,) = hearing.strange
    assert round(stretch.end - stretch.start, 2) == 1.0


def test_silence_is_neither_said_nor_strange() -> None:
    hearing = hear(SILENT * 500)
    assert (hearing.heard, hearing.strange, hearing.quiet_since) == ([], [], 0.0)


def test_speech_has_stopped_when_it_is_quiet() -> None:
    hearing = ExactMatcher(WORDS)
    hearing.feed(SILENT * 10 + said(KNOWN[5]) + SILENT * 40)
    assert 0.6 < hearing.seconds - hearing.quiet_since <= 0.9


def test_what_is_rendered_during_a_call_is_known_when_it_is_said() -> None:
    fresh: list[Fragment] = []
    common = alaw(1, 40)
    short, whole = (
        piece(Language.ENGLISH, name, common + tail)
        for name, tail in (("forty-five", b""), ("forty-five manat", alaw(2, 20)))
    )
    hearing = ExactMatcher(learn([short, KNOWN[0]], lambda: [fresh.pop()] if fresh else []))
    hearing.feed(said(KNOWN[0]))
    fresh.append(whole)
    hearing.feed(said(whole, KNOWN[0], short))
    hearing.feed(SILENT * 50)
    told = [each.piece.words for each in hearing.heard]
    assert told == [KNOWN[0].words, "forty-five manat", KNOWN[0].words, "forty-five"]
    assert hearing.strange == []
