"""Publishing, pulling, rolling back: what is refused, and that nothing is lost."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner, Result

from ivr.commands import flow
from ivr.content.model import Content
from ivr.content.publishing import MovedOn
from ivr.domain.actor import Actor, ActorKind, Channel
from ivr.errors import FlowBroken, IvrError, Unusable
from ivr.wiring import contents
from ivr.wiring.container import House
from tests.speech.recorders import wav

EDITOR = Actor(ActorKind.EDITOR, "ayna", Channel.STUDIO)


def edit(house: House, name: str, old: str, new: str) -> None:
    file = house.folder.prompts / name
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def publish(house: House, content: Content | None = None) -> int:
    made = house.publishing.publish(content or house.content(), EDITOR)
    house.folder.note_base(made.number)
    return made.number


class TestPublishing:
    def test_makes_a_release_of_the_files_as_they_are_now(self, house: House) -> None:
        assert publish(house) == 1
        edit(house, "en.yaml", 'welcome: "Hello!"', 'welcome: "Good day!"')
        assert publish(house) == 2
        stored = house.store.releases.get(2)
        assert stored is not None
        assert stored.author == "editor ayna"
        words = json.loads(stored.document)["speech"]["texts"]["words"]
        assert words["en"]["welcome"] == "Good day!"

    def test_the_same_again_changes_nothing(self, house: House) -> None:
        assert publish(house) == 1
        again = house.publishing.publish(house.content(), EDITOR)
        assert (again.number, again.is_new) == (1, False)

    def test_another_voice_is_another_release(self, house: House) -> None:
        publish(house)
        house.voice.__dict__["identity"] = lambda _language: "another"
        assert publish(house) == 2

    def test_what_must_be_mended_is_named_before_anything_is_made(self, house: House) -> None:
        edit(house, "0890.yaml", "text: menu.main.account", "text: menu.of-nobody")
        with pytest.raises(FlowBroken, match=r"text/tk/menu\.of-nobody is missing"):
            publish(house)
        assert house.store.releases.live() is None

    def test_a_text_of_a_new_version_is_lent_to_older_files(self, house: House) -> None:
        for language in ("tk", "ru", "en"):
            file = house.folder.prompts / f"{language}.yaml"
            lines = file.read_text("utf-8").splitlines(keepends=True)
            file.write_text("".join(x for x in lines if not x.startswith("presence.1:")), "utf-8")
        content = house.content()
        assert content.lent == {"presence.1"}
        publish(house, content)
        assert "presence.1" in house.publishing.live().texts.keys


class TestMovingOn:
    def test_files_are_refused_when_somebody_else_has_published(self, house: House) -> None:
        publish(house)
        mine = house.content()
        edit(house, "ru.yaml", 'welcome: "', 'welcome: "Добрый день! ')
        publish(house)
        theirs = replace(mine, flow=mine.flow.model_copy(update={"name": "0891"}))
        with pytest.raises(MovedOn) as caught:
            house.publishing.publish(theirs, EDITOR)
        assert caught.value.places == ["text/ru/welcome"]
        assert "release 2 is live and the files were made from release 1" in str(caught.value)
        assert house.store.releases.live() == 2

    def test_a_roll_back_is_moving_on(self, house: House) -> None:
        publish(house)
        edit(house, "en.yaml", "Hello!", "Good day!")
        publish(house)
        house.publishing.roll_back(1, EDITOR)
        edit(house, "en.yaml", "Good day!", "Good evening!")
        with pytest.raises(MovedOn, match=r"release 1 is live .* from release 2.*text/en/welcome"):
            publish(house)

    def test_files_of_an_unknown_origin_are_compared_with_what_is_live(self, house: House) -> None:
        publish(house)
        (house.folder.prompts / "release").unlink()
        assert publish(house) == 1, "they say what is live already"
        (house.folder.prompts / "release").unlink()
        edit(house, "catalogue.yaml", 'oba: {monthly: "5.00"}', 'oba: {monthly: "6.00"}')
        with pytest.raises(MovedOn, match=r"were not made from it.*catalogue/tariffs/oba"):
            publish(house)

    def test_a_live_release_that_does_not_load_stops_nobody_who_knows_it(
        self, house: House
    ) -> None:
        house.store.releases.publish("{}", "editor", house.clock.now())
        with pytest.raises(MovedOn, match="release 1, which does not load"):
            publish(house)
        assert publish(house, replace(house.content(), base=1)) == 2


class TestPulling:
    def test_the_files_become_those_of_the_live_release(self, house: House) -> None:
        publish(house)
        edit(house, "en.yaml", "Hello!", "Good day!")
        publish(house)
        house.publishing.roll_back(1, EDITOR)
        assert house.publishing.live().texts.by_language["en"]["welcome"] == "Hello!"  # type: ignore[index]
        assert house.publishing.live().base == 1

    def test_recordings_are_those_of_the_release(self, house: House, tmp_path: Path) -> None:
        recording = house.folder.recordings / "tk" / "welcome.wav"
        recording.parent.mkdir(parents=True)
        recording.write_bytes(wav())
        publish(house)
        ((_, name, file, words),) = house.publishing.live().recordings
        assert (name, words, file.read_bytes()) == ("welcome", "Salam!", wav())
        recording.unlink()
        assert house.publishing.difference(house.content()) == ["recording/tk/welcome"]
        file.unlink()
        with pytest.raises(Unusable, match="tk/welcome of release 1 is not on this machine"):
            house.publishing.live()

    def test_nothing_published_says_what_to_do(self, house: House) -> None:
        with pytest.raises(Unusable, match="run `ivr flow publish`"):
            house.publishing.live()


class TestRollingBack:
    def test_a_release_that_does_not_load_stays_where_it_is(self, house: House) -> None:
        house.store.releases.publish('{"flow": {}}', "editor", house.clock.now())
        publish(house, replace(house.content(), base=1))
        for number, said in (
            (1, "release 1: this is no file of menus"),
            (7, "there is no release 7"),
        ):
            with pytest.raises(FlowBroken, match=said):
                house.publishing.roll_back(number, EDITOR)
        assert house.store.releases.live() == 2

    def test_its_sounds_are_there_before_it_is_live(self, house: House) -> None:
        publish(house)
        edit(house, "en.yaml", "Hello!", "Good day!")
        publish(house)
        first = house.shelf.load(1).prompts.say("en", "welcome").sounds[0]  # type: ignore[arg-type]
        for file in Path(first).parent.glob(f"{Path(first).name}.*"):
            file.unlink()
        again = House(house.settings)
        again.__dict__["voice"], again.__dict__["library"] = house.voice, house.library
        again.publishing.roll_back(1, EDITOR)
        assert again.store.releases.live() == 1
        assert Path(f"{first}.alaw").exists()


class TestCommands:
    @pytest.fixture(autouse=True)
    def environment(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("IVR_HOME", str(house.settings.home))
        monkeypatch.setattr(contents, "open_voice", lambda _settings: house.voice)
        monkeypatch.setattr(contents, "Library", lambda *_folders: house.library)

    def run(self, *words: str) -> Result:
        with capture_logs():
            return CliRunner().invoke(flow.app, list(words))

    def test_publish_pull_and_roll_back(self, house: House) -> None:
        assert self.run("publish").output == "release 1 is live\n"
        edit(house, "en.yaml", "Hello!", "Good day!")
        assert self.run("publish", "--author", "ayna").output == "release 2 is live\n"
        assert self.run("publish").output == "release 2 is live already\n"
        assert self.run("rollback", "1").output == "release 1 is live\n"
        edit(house, "tk.yaml", "Salam!", "Salam size!")
        refused = self.run("publish")
        assert isinstance(refused.exception, MovedOn)
        assert refused.output == "differs: text/en/welcome\n"
        pulled = self.run("pull")
        assert pulled.exit_code == 0, pulled.output
        folder = house.folder
        assert "Salam size!" not in (folder.prompts / "tk.yaml").read_text("utf-8")
        assert house.content().texts.by_language["en"]["welcome"] == "Hello!"  # type: ignore[index]
        (kept,) = (folder.prompts / "kept").iterdir()
        assert "Salam size!" in (kept / "tk.yaml").read_text("utf-8")
        assert {file.name for file in kept.iterdir()} == {"tk.yaml", "en.yaml"}
        edit(house, "tk.yaml", "Salam!", "Salam size!")
        assert self.run("publish").output == "release 3 is live\n"
        assert self.run("pull").output == "the files are those of release 3 already\n"
        assert [each.author for each in house.store.releases.newest(9)][1] == "operator ayna"

    def test_what_others_published_is_replaced_on_purpose(self, house: House) -> None:
        self.run("publish")
        house.folder.note_base(0)
        edit(house, "tk.yaml", "Salam!", "Salam size!")
        assert isinstance(self.run("publish").exception, IvrError)
        assert self.run("publish", "--force").output == "release 2 is live\n"


class TestFolder:
    def test_it_is_made_of_the_shipped_files_and_then_left_alone(self, house: House) -> None:
        folder = house.folder
        assert folder.read() == house.shipped.read()
        assert folder.prompts == house.settings.home / "content"
        edit(house, "en.yaml", "Hello!", "Good day!")
        (folder.prompts / "invoice.typ").unlink()
        again = House(house.settings)
        assert again.content().texts.by_language["en"]["welcome"] == "Good day!"  # type: ignore[index]
        assert again.folder.form.read_bytes() == again.shipped.form.read_bytes()

    def test_edits_of_a_checkout_come_along_with_their_recordings(
        self, house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        checkout = house.shipped.make_at(tmp_path / "checkout" / "prompts")
        (tmp_path / "checkout" / "db").mkdir()
        for file in (*checkout.prompts.glob("catalogue.yaml"), *checkout.prompts.glob("invoice.*")):
            file.rename(tmp_path / "checkout" / "db" / file.name)
        recording = checkout.prompts / "recordings" / "tk" / "welcome.wav"
        recording.parent.mkdir(parents=True)
        recording.write_bytes(wav())
        text = (checkout.prompts / "en.yaml").read_text("utf-8").replace("Hello!", "Good day!")
        (checkout.prompts / "en.yaml").write_text(text, "utf-8")
        monkeypatch.setattr(contents, "PROJECT", tmp_path / "checkout")
        content = house.content()
        assert content.texts.by_language["en"]["welcome"] == "Good day!"  # type: ignore[index]
        assert [name for _, name, _, _ in content.recordings] == ["welcome"]

    def test_a_place_that_cannot_be_written_is_named(self, house: House, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        settings = house.settings.model_copy(update={"content": tmp_path / "file" / "content"})
        with pytest.raises(Unusable, match=r"file.* cannot be written .*set IVR_CONTENT"):
            House(settings).content()
