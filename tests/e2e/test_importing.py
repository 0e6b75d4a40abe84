"""Everything in and out in the browser: dropped, planned, applied, exported, by mouse and by keyboard."""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Route, expect

from tests.e2e import sources
from tests.e2e.drops import drop
from tests.e2e.people import Person
from tests.processes import App


def coco_in(path: Path) -> Any:
    """The COCO file in a zip."""
    with zipfile.ZipFile(path) as archive:
        return json.loads(archive.read("annotations.json"))


def table_in(path: Path) -> list[dict[str, str]]:
    """The table of measurements in a zip."""
    with zipfile.ZipFile(path) as archive:
        return list(csv.DictReader(archive.read("measurements.csv").decode().splitlines()))


FILES = "**/api/v1/imports/*/files/**"


class Importing(Person):
    """Someone who brings files in."""

    @property
    def dialog(self) -> Locator:
        return self.page.locator(".ss-import:not(.ss-export)")

    def counts(self) -> dict[str, list[str]]:
        """The table of what becomes of everything: new, here already, left out."""
        expect(self.dialog.locator(".ss-counts")).to_be_visible()
        rows = self.dialog.locator(".ss-counts tbody tr").all()
        return {row.locator("th").inner_text(): row.locator("td").all_inner_texts() for row in rows}

    def button(self, name: str) -> Locator:
        return self.dialog.get_by_role("button", name=name, exact=True)

    def apply(self) -> dict[str, list[str]]:
        """Press Import and wait for the report; → its counts."""
        self.button("Import").click()
        expect(self.dialog).to_contain_text("The import is done.")
        return self.counts()

    @property
    def export(self) -> Locator:
        return self.page.locator(".ss-export")

    def export_now(self, name: str = "coco") -> Path:
        """Press Export and wait for the file."""
        with self.page.expect_download() as download:
            self.export.get_by_role("button", name="Export", exact=True).click()
        assert download.value.suggested_filename == f"samstudio-{name}.zip"
        return Path(download.value.path())

    def done(self) -> None:
        self.button("Close").last.click()
        expect(self.dialog).to_be_hidden()


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """The page over an empty project whose decoder is a fake."""
    with App.of_module("tests.unit.web.fakes", str(tmp_path / "storage")) as app:
        yield app


@pytest.fixture
def who(app: App, browser: Browser) -> Iterator[Importing]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, accept_downloads=True)
    one = Importing(context.new_page(), app.url)
    yield one
    context.close()
    one.check_quiet()


def test_four_sources_come_in_and_go_out(who: Importing, tmp_path: Path) -> None:
    # A ZIP with a COCO file, dropped on the Annotate tab.
    drop(who.page, sources.coco_zip(tmp_path, seed=1))
    assert who.counts() == {
        "Images": ["3", "0", "1"],
        "Objects": ["2", "0", "0"],
        "Other files": ["", "", "1"],
    }
    expect(who.dialog).to_contain_text("COCO")
    expect(who.dialog).to_contain_text("gone.png is listed but not there")
    expect(who.dialog).to_contain_text("../outside.png")
    assert who.page.evaluate("fetch('api/v1/images').then((r) => r.json())")["total"] == 0
    assert who.apply()["Images"] == ["3", "0", "1"]
    who.button("Open the first image").click()
    expect(who.thumbs).to_have_count(3)
    expect(who.objects).to_have_count(1)

    # A YOLO folder, and a stack, dropped on the Dataset tab.
    who.tab("Dataset")
    drop(who.page, sources.yolo_folder(tmp_path, seed=11))
    expect(who.dialog).to_contain_text("YOLO")
    assert who.counts()["Objects"] == ["2", "0", "0"]
    assert who.apply()["Images"] == ["2", "0", "0"]
    who.done()
    drop(who.page, sources.stack(tmp_path, seed=21))
    assert who.counts()["Images"] == ["3", "0", "0"]
    assert who.apply()["Images"] == ["3", "0", "0"]
    who.done()

    # A folder with masks, chosen with the Import button; its objects come in as proposals.
    who.page.get_by_role("button", name="Import", exact=True).click()
    with who.page.expect_file_chooser() as chooser:
        who.button("Choose a folder").click()
    chooser.value.set_files(sources.masks_folder(tmp_path, seed=31))
    assert who.counts()["Objects"] == ["4", "0", "0"]
    who.dialog.get_by_label("Category, where the files name none").fill("blob")
    who.page.keyboard.press("Enter")
    who.button("Proposed").click()
    expect(who.button("Proposed")).to_have_attribute("aria-pressed", "true")
    who.dialog.locator("summary", has_text="have no mask").or_(
        who.dialog.locator("p", has_text="has no mask")
    ).first.click()
    assert who.apply()["Objects"] == ["4", "0", "0"]
    who.done()

    # The same again brings in nothing.
    drop(who.page, tmp_path / "masked")
    assert who.counts()["Images"] == ["0", "3", "0"]
    expect(who.button("Import")).to_be_disabled()
    expect(who.dialog).to_contain_text("Nothing of this is new.")
    who.page.keyboard.press("Escape")
    expect(who.dialog).to_be_hidden()
    numbers = who.page.evaluate("fetch('api/v1/dataset').then((reply) => reply.json())")
    assert (numbers["images"], numbers["accepted"], numbers["proposed"]) == (11, 4, 4)

    # Out again: accepted cracks alone, then everything, with the images that have no object.
    who.page.get_by_role("button", name="Export", exact=True).click()
    for name in ("blob", "part", "never used"):
        who.export.get_by_label(name).uncheck()
    document = coco_in(who.export_now())
    assert len(document["images"]) == len(document["annotations"]) == 2
    expect(who.export).to_contain_text("was saved")
    who.export.get_by_role("button", name="Export more").click()
    for name in ("blob", "part", "never used", "Proposed", "Also images that have no object"):
        who.export.get_by_label(name).check()
    document = coco_in(who.export_now())
    assert (len(document["images"]), len(document["annotations"])) == (11, 8)
    assert {one["name"] for one in document["categories"]} >= {"crack", "blob", "part", "never used"}

    # The stack alone, measured by a pixel size that stays the dataset's.
    who.export.get_by_role("button", name="Export more").click()
    expect(who.export.get_by_label("Pixel width")).to_be_hidden()
    who.export.get_by_label("Measurements").check()
    expect(who.export.get_by_label("With the image files")).to_be_hidden()
    groups = who.export.locator("fieldset", has_text="Groups")
    groups.get_by_role("button", name="None").click()
    who.export.get_by_role("button", name="Export", exact=True).click()
    expect(who.export).to_contain_text("Choose at least one group.")
    groups.get_by_label("stack.tif").check()
    who.export.get_by_label("Pixel width").fill("0.25")
    rows = table_in(who.export_now("measurements"))
    assert [row["image"] for row in rows] == ["stack#1.png", "stack#2.png", "stack#3.png"]
    assert {row["pixel_size"] for row in rows} == {"0.25"}
    dataset = who.page.evaluate("fetch('api/v1/dataset').then((reply) => reply.json())")
    assert dataset["pixel_size"] == {"width": 0.25, "height": 0.25, "unit": "um"}


def test_annotations_alone_go_to_the_images_here(who: Importing, tmp_path: Path) -> None:
    who.upload(*sources.write_images(tmp_path, 2, seed=41))
    document = tmp_path / "annotations.json"
    document.write_text(json.dumps(sources.squares(2)))
    drop(who.page, document)
    assert who.counts()["Images"] == ["0", "2", "0"]
    assert who.apply()["Objects"] == ["2", "0", "0"]


def test_files_of_two_formats_come_in_one_format_after_the_other(who: Importing, tmp_path: Path) -> None:
    drop(who.page, sources.yolo_folder(tmp_path, seed=11), sources.coco_zip(tmp_path, seed=1))
    expect(who.dialog).to_contain_text("These files may be in several formats. Which is it?")
    who.dialog.get_by_label("YOLO").click()
    assert who.counts()["Objects"] == ["2", "0", "0"]
    who.apply()
    expect(who.dialog).to_contain_text("These files may be in another format, too.")
    who.dialog.get_by_label("COCO").click()
    expect(who.button("Import")).to_be_enabled()
    assert (who.counts()["Images"][1], who.counts()["Objects"][0]) == ("5", "2")
    assert who.apply()["Objects"][0] == "2"
    expect(who.dialog).not_to_contain_text("in another format, too")


def test_what_is_doubtful_is_shown_with_a_picture(who: Importing, tmp_path: Path) -> None:
    sources.write_images(tmp_path / "set", 1, seed=51)
    (tmp_path / "set" / "a.json").write_text(json.dumps(sources.squares(1, iscrowd=1)))
    drop(who.page, tmp_path / "set")
    card = who.dialog.locator(".ss-doubts li")
    expect(card).to_have_count(1)
    expect(card).to_contain_text("crowd region")
    card.locator("img").scroll_into_view_if_needed()
    who.page.wait_for_function("document.querySelector('.ss-doubts img').naturalWidth > 0")


def test_what_does_not_arrive_is_named_and_sent_again(who: Importing, tmp_path: Path) -> None:
    images = sources.write_images(tmp_path / "set", 5, seed=61)
    who.page.route(
        FILES,
        lambda route: (
            route.abort("connectionreset") if "image_1.png" in route.request.url else route.continue_()
        ),
    )
    drop(who.page, tmp_path / "set")
    expect(who.dialog).to_contain_text("1 file did not arrive:")
    expect(who.dialog).to_contain_text("4 of 5 files have arrived")
    expect(who.dialog).to_contain_text("“image_1.png” could not be sent: the server did not answer.")
    who.page.unroute_all()
    again: list[str] = []

    def note(route: Route) -> None:
        again.append(route.request.url.rpartition("/")[2])
        route.continue_()

    who.page.route(FILES, note)
    who.button("Send again").click()
    assert who.counts()["Images"] == ["5", "0", "0"]
    assert again == ["image_1.png"]
    assert len(images) == 5


def test_a_page_that_is_loaded_again_finds_its_import(who: Importing, tmp_path: Path) -> None:
    drop(who.page, sources.coco_zip(tmp_path, seed=71))
    who.counts()
    who.open()
    who.tab("Dataset")
    who.page.get_by_role("button", name="Import", exact=True).click()
    assert who.counts()["Images"] == ["3", "0", "1"]
    assert who.apply()["Images"] == ["3", "0", "1"]


def test_files_that_had_arrived_before_a_reload_are_not_sent_again(who: Importing, tmp_path: Path) -> None:
    sources.write_images(tmp_path / "set", 4, seed=91)
    who.page.route(FILES, lambda route: None if "image_3" in route.request.url else route.continue_())
    drop(who.page, tmp_path / "set")
    expect(who.dialog).to_contain_text("3 of 4 files have arrived")
    who.open()
    who.page.unroute_all()
    who.tab("Dataset")
    who.page.get_by_role("button", name="Import", exact=True).click()
    expect(who.dialog).to_contain_text("3 files of an import that was begun have arrived.")
    who.button("Go on").click()
    assert who.counts()["Images"] == ["3", "0", "0"]


def test_an_import_is_cancelled_and_the_rest_comes_in_later(who: Importing, tmp_path: Path) -> None:
    pixels = np.random.default_rng(7).integers(0, 255, (60, 400, 400, 3), np.uint8)
    (tmp_path / "set").mkdir()
    for n, one in enumerate(pixels):
        Image.fromarray(one).save(tmp_path / "set" / f"{n}.png")
    drop(who.page, tmp_path / "set")
    assert who.counts()["Images"] == ["60", "0", "0"]
    who.button("Import").click()
    expect(who.dialog).to_contain_text("Importing")
    who.button("Cancel").click()
    expect(who.dialog).to_contain_text("The import was cancelled. What had come in stays.")
    new, known, out = map(int, who.counts()["Images"])
    assert (new + out, known) == (60, 0)
    assert out > 0
    who.button("Import the rest").click()
    expect(who.dialog).to_contain_text("The import is done.")
    assert who.counts()["Images"] == [str(out), str(new), "0"]


def test_channels_are_chosen_and_nonsense_is_refused(who: Importing, tmp_path: Path) -> None:
    sources.write_images(tmp_path / "set", 1, seed=95)
    drop(who.page, tmp_path / "set")
    who.counts()
    who.dialog.get_by_text("Pages, channels, contrast").click()
    field = who.dialog.get_by_label("Channels, as in 4,2")
    field.fill("red")
    who.page.keyboard.press("Enter")
    assert field.evaluate("(field) => field.validity.patternMismatch")
    field.fill("2")
    who.page.keyboard.press("Enter")
    expect(field).to_have_value("2")
    who.apply()
    who.button("Open the first image").click()
    reading = who.page.evaluate("fetch('api/v1/images').then((reply) => reply.json())")["items"][0]
    assert reading["filename"] == "image_0.png"


def test_separate_parts_of_masks_are_objects_when_asked_for(who: Importing, tmp_path: Path) -> None:
    for name in ("images", "masks"):
        (tmp_path / "set" / name).mkdir(parents=True)
    values = np.zeros((60, 80), np.uint8)
    values[5:20, 5:20] = values[30:50, 40:70] = 255
    noise = np.random.default_rng(96).integers(0, 255, (60, 80, 3), np.uint8)
    Image.fromarray(noise).save(tmp_path / "set/images/a.png")
    Image.fromarray(values).save(tmp_path / "set/masks/a.png")
    drop(who.page, tmp_path / "set")
    assert who.counts()["Objects"][0] == "1"
    box = who.dialog.get_by_label("Make each separate part of a mask an object")
    box.check()
    expect(who.dialog.locator(".ss-counts tbody tr", has_text="Objects").locator("td").first).to_have_text(
        "2"
    )
    expect(box).to_be_checked()
    who.apply()


def test_what_cannot_be_used_is_said_in_a_sentence(who: Importing, tmp_path: Path) -> None:
    (tmp_path / "broken.zip").write_bytes(b"no archive at all")
    drop(who.page, tmp_path / "broken.zip")
    expect(who.dialog.get_by_role("alert")).to_contain_text("broken.zip cannot be unpacked")
    who.button("Choose other files").click()
    expect(who.button("Choose files")).to_be_focused()


@pytest.fixture
def japanese(app: App, browser: Browser) -> Iterator[Importing]:
    context = browser.new_context(viewport={"width": 1280, "height": 800}, locale="ja-JP")
    one = Importing(context.new_page(), app.url)
    yield one
    context.close()
    one.check_quiet()


def test_the_keyboard_is_enough_and_the_page_speaks_japanese(japanese: Importing, tmp_path: Path) -> None:
    who = japanese
    who.page.get_by_role("tab", name="データセット").click()
    who.page.get_by_role("button", name="取り込む", exact=True).focus()
    who.page.keyboard.press("Enter")
    expect(who.button("ファイルを選ぶ")).to_be_focused()
    drop(who.page, sources.coco_zip(tmp_path, seed=81))
    assert set(who.counts()) == {"画像", "オブジェクト", "そのほかのファイル"}
    expect(who.button("取り込む")).to_be_focused()
    who.page.keyboard.press("Enter")
    expect(who.dialog).to_contain_text("取り込みが終わりました。")
    expect(who.button("最初の画像を開く")).to_be_focused()
    who.page.keyboard.press("Enter")
    expect(who.dialog).to_be_hidden()
    expect(who.objects).to_have_count(1)
