"""The Dataset tab with 300 images: scrolled, searched, opened by key, deleted and restored."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picture
from playwright.sync_api import Browser, Locator, expect

from samstudio.domain import NewAnnotation
from samstudio.masks import encode_rle
from samstudio.sam.embeddings import write_embedding
from tests.e2e.page import CANVAS, StudioPage
from tests.processes import App
from tests.unit.services.near_duplicates.test_service import FakeEmbeddings
from tests.unit.web.fakes import open_fake

IMAGES = 300

SCENES = [0, 1, 2, 3, 3, 3, 6, 7, 7, *range(9, 20)]
"""What is on the first images, which are encoded."""


def _fill(storage: Path) -> None:
    """Make images named by their number; each tenth has an accepted cup."""
    project = open_fake(storage)
    scenes = FakeEmbeddings()
    mask = np.zeros((24, 32), dtype=bool)
    mask[4:12, 4:20] = True
    for number in range(IMAGES):
        pixels = np.full((24, 32, 3), (number % 251, number // 2, 120), dtype=np.uint8)
        out = io.BytesIO()
        Picture.fromarray(pixels).save(out, "PNG")
        image = project.images.add(out.getvalue(), filename=f"picture_{number:03}.png").image
        if number % 10 == 0:
            project.annotations.add(NewAnnotation(image.id, "cup", encode_rle(mask)))
        if number < len(SCENES):
            scenes.scenes[image.id] = SCENES[number]
            folder = storage / "embeddings" / project.embeddings.encoder_id / image.id[:2]
            write_embedding(folder / f"{image.id}.safetensors", scenes.read(image.id))


@pytest.fixture(scope="module")
def gallery_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    storage = tmp_path_factory.mktemp("gallery")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _file: None)  # 300 files, which no power cut has to survive
        _fill(storage)
    with App.of_module("tests.unit.web.fakes", str(storage)) as app:
        yield app


@pytest.fixture(scope="module")
def opened(gallery_app: App, browser: Browser) -> Iterator[StudioPage]:
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    page = StudioPage(context.new_page(), gallery_app.url)
    yield page
    context.close()
    page.check_quiet()


@pytest.fixture
def gallery(opened: StudioPage) -> StudioPage:
    opened.tab("Dataset")
    _cards(opened).first.wait_for()
    opened.page.locator("[data-scroller]").focus()
    opened.page.keyboard.press("Home")
    return opened


def _cards(page: StudioPage) -> Locator:
    return page.page.locator("#dataset .ss-image[data-image]")


def _active(page: StudioPage) -> Locator:
    return page.page.locator("#dataset .ss-active")


def test_only_what_is_in_view_is_drawn_however_far_one_scrolls(gallery: StudioPage) -> None:
    scroller = gallery.page.locator("[data-scroller]")
    expect(gallery.page.locator("#dataset [data-facts]")).to_contain_text("300images")
    expect(gallery.page.locator("#dataset img").first).to_have_js_property("complete", value=True)
    assert _cards(gallery).count() < 60
    scroller.evaluate("(element) => { element.scrollTop = element.scrollHeight / 2 }")
    expect(gallery.page.locator('[data-index="150"][data-image]')).to_contain_text("picture_150.png")
    scroller.evaluate("(element) => { element.scrollTop = element.scrollHeight }")
    expect(gallery.page.locator('[data-index="299"][data-image]')).to_contain_text("picture_299.png")
    assert _cards(gallery).count() < 60


def test_the_keys_walk_and_open_an_image_and_lead_back_to_it(gallery: StudioPage) -> None:
    keys = gallery.page.keyboard
    keys.press("End")
    expect(_active(gallery)).to_contain_text("picture_299.png")
    keys.press("PageUp")
    keys.press("ArrowLeft")
    gallery.page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )
    active = _active(gallery)
    name = active.locator("strong").text_content()
    expect(gallery.page.locator("[data-scroller]")).to_have_attribute(
        "aria-activedescendant", str(active.get_attribute("id"))
    )
    keys.press("Enter")
    gallery.page.wait_for_function(f"{CANVAS}.store.get('image')?.filename === {name!r}")
    gallery.tab("Dataset")
    expect(active).to_contain_text(str(name))
    expect(active).to_be_in_viewport()


def test_a_click_anywhere_on_a_card_opens_it(gallery: StudioPage) -> None:
    gallery.page.locator("#dataset strong", has_text="picture_003.png").click()
    gallery.page.wait_for_function(f"{CANVAS}.store.get('image')?.filename === 'picture_003.png'")


def test_the_size_is_remembered(gallery: StudioPage) -> None:
    size = gallery.page.locator("[data-size]")
    before = _cards(gallery).first.bounding_box()
    size.fill("320")
    assert before
    gallery.page.wait_for_function(
        "(width) => document.querySelector('#dataset .ss-image').clientWidth > width + 50",
        arg=before["width"],
    )
    gallery.open()
    gallery.tab("Dataset")
    expect(size).to_have_value("320")
    size.fill("190")


def test_a_deleted_image_is_restored_with_its_mask(gallery: StudioPage) -> None:
    keys, found = gallery.page.keyboard, gallery.page.locator("#dataset [data-facts]")
    keys.press("ArrowRight")
    keys.press("Delete")
    expect(gallery.page.locator("#dataset [data-message]")).to_contain_text(
        "picture_001.png was moved to the trash"
    )
    expect(found).to_contain_text("299images")
    expect(_active(gallery)).to_contain_text("picture_002.png")
    gallery.page.locator("[data-undo]").click()
    expect(gallery.page.locator("#dataset [data-message]")).to_contain_text("picture_001.png was restored")
    expect(found).to_contain_text("300images")
    first = gallery.page.locator('[data-index="0"]')
    first.hover()
    first.locator("[data-delete]").click()
    expect(gallery.page.locator("#dataset [data-message]")).to_contain_text("picture_000.png was moved")
    gallery.page.locator("[data-undo]").click()
    expect(first).to_contain_text("1 mask")


def test_an_image_that_came_from_elsewhere_is_shown(
    gallery: StudioPage, visit: Callable[..., StudioPage], gallery_app: App
) -> None:
    other = visit(gallery_app)
    other.tab("Dataset")
    _cards(other).first.wait_for()
    gallery.page.keyboard.press("Delete")
    expect(other.page.locator('[data-index="0"]')).to_contain_text("picture_001.png")
    gallery.page.locator("[data-undo]").click()
    expect(other.page.locator('[data-index="0"]')).to_contain_text("picture_000.png")


def test_what_is_looked_for_is_in_the_address(gallery: StudioPage) -> None:
    page, found = gallery.page, gallery.page.locator("[data-found]")
    page.get_by_label("Search the images").fill("picture_1")
    expect(found).to_have_text("100 images")
    expect(page.locator('[data-index="0"]')).to_contain_text("picture_100.png")
    assert page.url.endswith("#dataset?text=picture_1")
    page.locator("#dataset").get_by_label("Show").select_option("state=in_progress")
    expect(found).to_have_text("10 images")
    page.go_back()
    expect(found).to_have_text("100 images")
    page.reload()
    _cards(gallery).first.wait_for()
    expect(found).to_have_text("100 images")
    page.get_by_label("Search the images").fill("nowhere")
    page.get_by_role("button", name="Show all images").click()
    expect(found).to_have_text("300 images")


def test_the_trash_gives_back(gallery: StudioPage) -> None:
    page, found = gallery.page, gallery.page.locator("[data-found]")
    page.keyboard.press("Delete")
    expect(found).to_have_text("299 images")
    page.locator("#dataset").get_by_label("Show").select_option("trashed=true")
    expect(found).to_have_text("1 image")
    page.locator("[data-restore]").click()
    expect(page.get_by_role("heading", name="The trash is empty")).to_be_visible()
    page.locator("#dataset").get_by_label("Show").select_option("")
    expect(found).to_have_text("300 images")


RULES = """
async () => {
  const load = (name) => import(new URL(`studio/static/gallery/${name}.js`, document.baseURI).href);
  const [{ Selection }, { blockOf, placeOf }, { indexesIn }] = await Promise.all(
    ["selection", "layout", "ranges"].map(load));
  const wrong = [];
  // A selection is a set, whether it is held as what is in it or as what is not.
  for (let seed = 0; seed < 200; seed++) {
    const pick = (count) => Array.from({ length: count }, (_, at) => (seed * 7 + at * at * 3 + at) % 10);
    const start = pick(4), others = seed % 2 === 1;
    const held = new Selection(start, others);
    const expected = new Set([...Array(10).keys()].filter((one) => start.includes(one) !== others));
    held.set(pick(3), seed % 3 === 0).turn([...new Set(pick(5))]);
    for (const one of pick(3)) seed % 3 === 0 ? expected.add(one) : expected.delete(one);
    for (const one of new Set(pick(5))) expected.has(one) ? expected.delete(one) : expected.add(one);
    const found = [...Array(10).keys()].filter((one) => held.has(one));
    const same = String(found) === String([...expected].toSorted());
    if (!same || held.count(10) !== found.length) wrong.push({ seed, found });
  }
  // A rectangle touches the cards that it overlaps.
  const layout = { columns: 4, width: 50, height: 40 };
  for (let seed = 0; seed < 400; seed++) {
    const left = (seed * 37) % 260 - 10, top = (seed * 53) % 420 - 10, total = 23;
    const corners = { left, top, right: left + (seed * 11) % 190, bottom: top + (seed * 29) % 170 };
    const overlapped = [...Array(total).keys()].filter((index) => {
      const { x, y } = placeOf(layout, index);
      return x <= corners.right && x + 50 >= corners.left && y <= corners.bottom && y + 40 >= corners.top;
    });
    const block = blockOf(layout, total, corners);
    const touched = block ? indexesIn(block, 4, total) : [];
    if (String(touched) !== String(overlapped)) wrong.push({ corners, touched, overlapped });
  }
  return wrong;
}
"""


def test_what_is_selected_and_what_a_rectangle_touches(opened: StudioPage) -> None:
    assert opened.page.evaluate(RULES) == []


def _card(page: StudioPage, index: int) -> Locator:
    return page.page.locator(f'#dataset [data-index="{index}"][data-image]')


def test_images_are_selected_by_the_mouse(gallery: StudioPage) -> None:
    page, selected = gallery.page, gallery.page.locator("#dataset [data-selected]")
    _card(gallery, 1).hover()
    _card(gallery, 1).locator("[data-pick]").click()
    expect(selected).to_have_text("1 selected")
    _card(gallery, 4).click(modifiers=["Shift"])
    expect(selected).to_have_text("4 selected")
    _card(gallery, 2).click(modifiers=["Shift"])  # the same range, shorter
    expect(selected).to_have_text("2 selected")
    _card(gallery, 7).click()  # a click selects as long as something is selected
    _card(gallery, 8).click(modifiers=["Control"])
    _card(gallery, 1).click()
    expect(selected).to_have_text("3 selected")
    expect(page.locator("#dataset [aria-selected=true]")).to_have_count(3)
    page.keyboard.press("Escape")
    expect(selected).to_be_hidden()

    first, last = (_card(gallery, index).bounding_box() for index in (0, 7))
    assert first
    assert last
    page.mouse.move(first["x"] + 30, first["y"] + 30)
    page.mouse.down()
    page.mouse.move(last["x"] + 30, last["y"] + 30, steps=4)
    page.mouse.up()
    expect(selected).to_have_text("4 selected")
    _card(gallery, 2).dblclick()
    page.wait_for_function(f"{CANVAS}.store.get('image')?.filename === 'picture_002.png'")
    gallery.tab("Dataset")
    expect(selected).to_have_text("4 selected")
    page.locator("#dataset [data-clear]").click()
    expect(selected).to_be_hidden()


def test_all_that_is_found_is_changed_counted_and_undone(gallery: StudioPage) -> None:
    page, selected = gallery.page, gallery.page.locator("#dataset [data-selected]")
    keys, runs = page.keyboard, page.locator("#dataset [data-runs]")
    keys.press("Shift+ArrowRight")
    keys.press("Shift+ArrowRight")
    expect(selected).to_have_text("3 selected")
    keys.press("Space")
    expect(selected).to_have_text("2 selected")
    keys.press("Control+a")
    expect(selected).to_have_text("300 selected")
    keys.press("Home")
    keys.press("Space")
    expect(selected).to_have_text("299 selected")
    bar = page.locator("#dataset [data-chosen]")
    bar.locator("summary", has_text="Tag").click()
    bar.get_by_label("Tag", exact=True).fill("hard")
    keys.press("Enter")
    expect(runs).to_contain_text("299 images")
    runs.get_by_role("button", name="Undo").click()
    expect(runs).to_contain_text("Undone.")
    page.get_by_label("Search the images").fill("picture_00")
    expect(page.locator("[data-found]")).to_have_text("10 images")
    expect(selected).to_be_hidden()  # what is no longer seen is not selected
    page.locator("[data-scroller]").focus()
    keys.press("Control+a")
    keys.press("Delete")
    expect(page.locator("[data-found]")).to_have_text("0 images")
    expect(runs).to_contain_text("10 images")
    expect(selected).to_be_hidden()
    keys.press("Control+z")
    expect(page.locator("[data-found]")).to_have_text("10 images")
    page.locator("[data-recent]").click()
    recent = page.get_by_role("dialog", name="Recent changes").locator("li")
    expect(recent.first).to_contain_text("Moved to the trash")
    expect(recent.first).to_contain_text("Undone.")
    page.keyboard.press("Escape")
    page.get_by_label("Search the images").fill("")
    expect(page.locator("[data-found]")).to_have_text("300 images")


def test_a_test_set_is_drawn_undone_and_drawn_again_and_versions_are_scored_on_it(
    gallery: StudioPage,
) -> None:
    page = gallery.page
    page.locator("[data-splits]").click()
    dialog = page.get_by_role("dialog", name="Test set")
    add = dialog.get_by_role("button", name="Add to the test set")
    add.click()
    dialog.get_by_role("button", name="Undo").click()
    expect(dialog).to_contain_text("It was taken back.")
    expect(dialog).to_contain_text("There is no test set yet.")
    add.click()
    expect(dialog).to_contain_text("Now: 60 images with 6 accepted masks")
    told = dialog.get_by_text("The test set has 60 of 300 images already")
    expect(told).to_be_visible()
    expect(told).not_to_have_class(re.compile("ss-bad"))
    dialog.get_by_role("button", name="Close").last.click()
    gallery.tab("Versions")
    said = page.locator("#versions [data-test-set]")
    expect(said).to_have_text("Test set: 6 objects on 6 images, which no tuning looks at.")
    expect(page.locator("#versions table").first).to_contain_text("0.500")


def test_a_filtered_list_is_followed_on_the_canvas(gallery: StudioPage) -> None:
    """All thirty cups, from the end: the open one is far beyond the first 200 images of all."""
    page, dataset = gallery.page, gallery.page.locator("#dataset")
    dataset.get_by_role("button", name="Filters").click()
    panel = page.locator("#ss-filters")
    panel.get_by_label("Category").select_option("cup")
    panel.get_by_label("Number of objects, from").fill("1")
    panel.get_by_role("button", name="Close").click()
    expect(dataset.locator("[data-found]")).to_have_text("30 images")
    expect(dataset.locator("[data-set-filters]")).to_contain_text("Category: cupNumber of objects: from 1")
    dataset.get_by_title("Ascending: turn the order round").click()
    dataset.locator('[data-index="2"]', has_text="picture_270.png").click()
    number = page.locator("[data-following-number]")
    expect(number).to_have_text("3 of 30 found")
    assert page.url.endswith("#annotate?category=cup&objects_from=1&descending=true")
    _walk(gallery, "ArrowRight", "picture_260.png", "picture_250.png")
    expect(number).to_have_text("5 of 30 found")
    page.reload()
    page.wait_for_selector("[data-canvas][data-state=mounted]")
    expect(number).to_have_text("5 of 30 found")
    _walk(gallery, "ArrowLeft", "picture_260.png")
    page.locator("[data-following] [data-show-all]").click()
    expect(page.locator("[data-facts]").first).to_contain_text("261 of 300")
    _walk(gallery, "ArrowRight", "picture_261.png", "picture_262.png")
    _walk(gallery, "ArrowLeft", "picture_261.png", "picture_260.png", "picture_259.png")


def _walk(page: StudioPage, key: str, *names: str) -> None:
    for name in names:
        page.page.wait_for_function(f"{CANVAS}.store.get('opened')")
        page.page.keyboard.press(key)
        page.page.wait_for_function(f"{CANVAS}.store.get('image')?.filename === {name!r}")


def test_where_nothing_fits_it_says_what_to_take_away(gallery: StudioPage) -> None:
    page, dataset = gallery.page, gallery.page.locator("#dataset")
    page.goto(f"{gallery.url}#dataset?category=cup&text=picture_11")
    page.reload()
    _cards(gallery).first.wait_for()
    found = dataset.locator("[data-found]")
    expect(found).to_have_text("1 image")
    page.get_by_label("Search the images").fill("picture_111")
    none = dataset.locator("[data-none]")
    expect(none.get_by_role("listitem")).to_have_text(
        ["Without “Words: picture_111”30 images", "Without “Category: cup”1 image"]
    )
    none.get_by_role("button", name="Without “Category: cup”").click()
    expect(found).to_have_text("1 image")
    dataset.get_by_role("button", name="Remove “Words: picture_111”").click()
    expect(found).to_have_text("300 images")


def test_near_duplicates_are_made_a_group_or_dismissed_and_both_are_undone(gallery: StudioPage) -> None:
    page = gallery.page
    page.locator("#dataset [data-near]").click()
    dialog = page.get_by_role("dialog", name="Near-duplicates")
    found = dialog.locator("[data-suggestion]")
    told = re.compile(r"\d+ of 300 images are encoded and were compared\.")
    expect(dialog).to_contain_text(told, timeout=30_000)  # the first comparison loads the model
    expect(found.nth(1)).to_be_visible()
    before = found.count()  # images that other tests opened are alike for the encoder of the tests
    expect(found.first).to_contain_text("picture_003.png")
    expect(found.first).to_contain_text("3 images")
    found.first.get_by_role("button", name="Make a group").click()
    expect(dialog).to_contain_text("3 images are in their groups now.")
    expect(found).to_have_count(before - 1)
    dialog.get_by_role("button", name="Undo").click()
    expect(dialog).to_contain_text("It was taken back.")
    expect(found).to_have_count(before)
    found.last.get_by_role("button", name="Not alike").click()
    expect(dialog).to_contain_text("They will not be suggested again.")
    expect(found).to_have_count(before - 1)
    dialog.get_by_role("button", name="Bring back 1 dismissed").click()
    expect(found).to_have_count(before)
    found.first.locator("button[title='picture_004.png']").click()
    expect(dialog).to_be_hidden()
    expect(page.locator("#tab-annotate-button")).to_have_attribute("aria-selected", "true")
