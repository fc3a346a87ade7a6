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
from ivr.domain.actor import Actor, ActorKind, Channel, OperationKey, new_key
from ivr.errors import FlowBroken, IvrError, Unusable
from ivr.testing.acting import by
from ivr.wiring import contents
from ivr.wiring.container import Container
from tests.speech.recorders import wav

EDITOR = Actor(ActorKind.EDITOR, "ayna", Channel.STUDIO)


def by_editor() -> tuple[Actor, OperationKey]:
    """The editor, who does something once more."""
    return EDITOR, new_key()


def edit(container: Container, name: str, old: str, new: str) -> None:
    file = container.folder.prompts / name
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


def publish(container: Container, content: Content | None = None) -> int:
    made = container.publishing.publish(*by_editor(), content or container.content())
    container.folder.note_base(made.number)
    return made.number


class TestPublishing:
    def test_makes_a_release_of_the_files_as_they_are_now(self, container: Container) -> None:
        assert publish(container) == 1
        edit(container, "en.yaml", 'welcome: "Hello!"', 'welcome: "Good day!"')
        assert publish(container) == 2
        stored = container.store.releases.get(2)
        assert stored is not None
        assert stored.author == "editor ayna"
        words = json.loads(stored.document)["speech"]["texts"]["words"]
        assert words["en"]["welcome"] == "Good day!"

    def test_the_same_again_changes_nothing(self, container: Container) -> None:
        assert publish(container) == 1
        again = container.publishing.publish(*by_editor(), container.content())
        assert (again.number, again.is_new) == (1, False)

    def test_a_form_that_is_sent_again_publishes_once(self, container: Container) -> None:
        once = by_editor()
        first = container.publishing.publish(*once, container.content())
        edit(container, "en.yaml", 'welcome: "Hello!"', 'welcome: "Good day!"')
        other = replace(container.content(), base=1)
        second = container.publishing.publish(*by_editor(), other)
        assert container.publishing.publish(*once, other) == first
        assert (second.number, container.store.releases.live()) == (2, 2)

    def test_another_voice_is_another_release(self, container: Container) -> None:
        publish(container)
        container.voice.__dict__["identity"] = lambda _language: "another"
        assert publish(container) == 2

    def test_what_must_be_mended_is_named_before_anything_is_made(
        self, container: Container
    ) -> None:
        edit(container, "0890.yaml", "text: menu.main.account", "text: menu.of-nobody")
        with pytest.raises(FlowBroken, match=r"text/tk/menu\.of-nobody is missing"):
            publish(container)
        assert container.store.releases.live() is None

    def test_a_text_of_a_new_version_is_lent_to_older_files(self, container: Container) -> None:
        for language in ("tk", "ru", "en"):
            file = container.folder.prompts / f"{language}.yaml"
            lines = file.read_text("utf-8").splitlines(keepends=True)
            file.write_text("".join(x for x in lines if not x.startswith("presence.1:")), "utf-8")
        content = container.content()
        assert content.lent == {"presence.1"}
        publish(container, content)
        assert "presence.1" in container.publishing.live().texts.keys


class TestMovingOn:
    def test_files_are_refused_when_somebody_else_has_published(self, container: Container) -> None:
        publish(container)
        mine = container.content()
        edit(container, "ru.yaml", 'welcome: "', 'welcome: "Добрый день! ')
        publish(container)
        theirs = replace(mine, flow=mine.flow.model_copy(update={"name": "0891"}))
        with pytest.raises(MovedOn) as caught:
            container.publishing.publish(*by_editor(), theirs)
        assert caught.value.places == ["text/ru/welcome"]
        assert "release 2 is live, but the files were made from release 1" in str(caught.value)
        assert container.store.releases.live() == 2

    def test_a_roll_back_is_moving_on(self, container: Container) -> None:
        publish(container)
        edit(container, "en.yaml", "Hello!", "Good day!")
        publish(container)
        container.publishing.roll_back(*by_editor(), 1)
        edit(container, "en.yaml", "Good day!", "Good evening!")
        with pytest.raises(MovedOn, match=r"release 1 is live, .* from release 2.*text/en/welcome"):
            publish(container)

    def test_files_of_an_unknown_origin_are_compared_with_what_is_live(
        self, container: Container
    ) -> None:
        publish(container)
        (container.folder.prompts / "release").unlink()
        assert publish(container) == 1, "they say what is already live"
        (container.folder.prompts / "release").unlink()
        edit(container, "catalogue.yaml", 'oba: {monthly: "5.00"}', 'oba: {monthly: "6.00"}')
        with pytest.raises(MovedOn, match=r"were not made from it.*catalogue/tariffs/oba"):
            publish(container)

    def test_a_live_release_that_does_not_load_stops_nobody_who_knows_it(
        self, container: Container
    ) -> None:
        container.store.releases.publish(*by("editor"), "{}", container.clock.now())
        with pytest.raises(MovedOn, match="release 1, which cannot be loaded"):
            publish(container)
        assert publish(container, replace(container.content(), base=1)) == 2


class TestPulling:
    def test_the_files_become_those_of_the_live_release(self, container: Container) -> None:
        publish(container)
        edit(container, "en.yaml", "Hello!", "Good day!")
        publish(container)
        container.publishing.roll_back(*by_editor(), 1)
        assert container.publishing.live().texts.by_language["en"]["welcome"] == "Hello!"  # type: ignore[index]
        assert container.publishing.live().base == 1

    def test_recordings_are_those_of_the_release(
        self, container: Container, tmp_path: Path
    ) -> None:
        recording = container.folder.recordings / "tk" / "welcome.wav"
        recording.parent.mkdir(parents=True)
        recording.write_bytes(wav())
        publish(container)
        ((_, name, file, words),) = container.publishing.live().recordings
        assert (name, words, file.read_bytes()) == ("welcome", "Salam!", wav())
        recording.unlink()
        assert container.publishing.difference(container.content()) == ["recording/tk/welcome"]
        file.unlink()
        with pytest.raises(Unusable, match="tk/welcome of release 1 is not on this machine"):
            container.publishing.live()

    def test_nothing_published_says_what_to_do(self, container: Container) -> None:
        with pytest.raises(Unusable, match="run `ivr flow publish`"):
            container.publishing.live()


class TestRollingBack:
    def test_a_release_that_does_not_load_stays_where_it_is(self, container: Container) -> None:
        container.store.releases.publish(*by("editor"), '{"flow": {}}', container.clock.now())
        publish(container, replace(container.content(), base=1))
        for number, said in (
            (1, "release 1: this is not a menu file"),
            (7, "there is no release 7"),
        ):
            with pytest.raises(FlowBroken, match=said):
                container.publishing.roll_back(*by_editor(), number)
        assert container.store.releases.live() == 2

    def test_its_sounds_are_there_before_it_is_live(self, container: Container) -> None:
        publish(container)
        edit(container, "en.yaml", "Hello!", "Good day!")
        publish(container)
        first = container.release_cache.load(1).prompts.say("en", "welcome").sounds[0]  # type: ignore[arg-type]
        for file in Path(first).parent.glob(f"{Path(first).name}.*"):
            file.unlink()
        again = Container(container.settings)
        again.__dict__["voice"], again.__dict__["library"] = container.voice, container.library
        again.publishing.roll_back(*by_editor(), 1)
        assert again.store.releases.live() == 1
        assert Path(f"{first}.alaw").exists()


class TestCommands:
    @pytest.fixture(autouse=True)
    def environment(self, container: Container, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("IVR_HOME", str(container.settings.home))
        monkeypatch.setattr(contents, "open_voice", lambda _settings: container.voice)
        monkeypatch.setattr(contents, "Library", lambda *_folders: container.library)

    def run(self, *words: str) -> Result:
        with capture_logs():
            return CliRunner().invoke(flow.app, list(words))

    def test_publish_pull_and_roll_back(self, container: Container) -> None:
        assert self.run("publish").output == "release 1 is live\n"
        edit(container, "en.yaml", "Hello!", "Good day!")
        assert self.run("publish", "--author", "ayna").output == "release 2 is live\n"
        assert self.run("publish").output == "release 2 is already live\n"
        assert self.run("rollback", "1").output == "release 1 is live\n"
        edit(container, "tk.yaml", "Salam!", "Salam size!")
        refused = self.run("publish")
        assert isinstance(refused.exception, MovedOn)
        assert refused.output == "differs: text/en/welcome\n"
        pulled = self.run("pull")
        assert pulled.exit_code == 0, pulled.output
        folder = container.folder
        assert "Salam size!" not in (folder.prompts / "tk.yaml").read_text("utf-8")
        assert container.content().texts.by_language["en"]["welcome"] == "Hello!"  # type: ignore[index]
        (kept,) = (folder.prompts / "kept").iterdir()
        assert "Salam size!" in (kept / "tk.yaml").read_text("utf-8")
        assert {file.name for file in kept.iterdir()} == {"tk.yaml", "en.yaml"}
        edit(container, "tk.yaml", "Salam!", "Salam size!")
        assert self.run("publish").output == "release 3 is live\n"
        assert self.run("pull").output == "the files already have the content of release 3\n"
        assert [each.author for each in container.store.releases.newest(9)][1] == "operator ayna"

    def test_what_others_published_is_replaced_on_purpose(self, container: Container) -> None:
        self.run("publish")
        container.folder.note_base(0)
        edit(container, "tk.yaml", "Salam!", "Salam size!")
        assert isinstance(self.run("publish").exception, IvrError)
        assert self.run("publish", "--force").output == "release 2 is live\n"


class TestFolder:
    def test_it_is_made_of_the_shipped_files_and_then_left_alone(
        self, container: Container
    ) -> None:
        folder = container.folder
        assert folder.read() == container.shipped.read()
        assert folder.prompts == container.settings.home / "content"
        edit(container, "en.yaml", "Hello!", "Good day!")
        (folder.prompts / "invoice.typ").unlink()
        again = Container(container.settings)
        assert again.content().texts.by_language["en"]["welcome"] == "Good day!"  # type: ignore[index]
        assert again.folder.form.read_bytes() == again.shipped.form.read_bytes()

    def test_edits_of_a_checkout_come_along_with_their_recordings(
        self, container: Container, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        checkout = container.shipped.make_at(tmp_path / "checkout" / "prompts")
        (tmp_path / "checkout" / "db").mkdir()
        for file in (*checkout.prompts.glob("catalogue.yaml"), *checkout.prompts.glob("invoice.*")):
            file.rename(tmp_path / "checkout" / "db" / file.name)
        recording = checkout.prompts / "recordings" / "tk" / "welcome.wav"
        recording.parent.mkdir(parents=True)
        recording.write_bytes(wav())
        text = (checkout.prompts / "en.yaml").read_text("utf-8").replace("Hello!", "Good day!")
        (checkout.prompts / "en.yaml").write_text(text, "utf-8")
        monkeypatch.setattr(contents, "PROJECT", tmp_path / "checkout")
        content = container.content()
        assert content.texts.by_language["en"]["welcome"] == "Good day!"  # type: ignore[index]
        assert [name for _, name, _, _ in content.recordings] == ["welcome"]

    def test_a_place_that_cannot_be_written_is_named(
        self, container: Container, tmp_path: Path
    ) -> None:
        (tmp_path / "file").touch()
        settings = container.settings.model_copy(update={"content": tmp_path / "file" / "content"})
        with pytest.raises(Unusable, match=r"file.* cannot be written .*set IVR_CONTENT"):
            Container(settings).content()
