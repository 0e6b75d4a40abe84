"""The dialog of the categories, as two people use it, and the canvas that follows."""

import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picture
from playwright.sync_api import Locator, expect

from samstudio.domain import AnnotationStatus, NewAnnotation
from samstudio.masks import encode_rle
from tests.e2e.page import CANVAS, StudioPage
from tests.processes import App
from tests.unit.web.fakes import open_fake


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """Two images, each with an accepted cup and a proposed mug; a plate of which there is none."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _file: None)
        project = open_fake(tmp_path)
        mask = encode_rle(np.pad(np.ones((8, 8), bool), ((4, 12), (4, 20))))
        for number in range(2):
            out = io.BytesIO()
            Picture.fromarray(np.full((24, 32, 3), 90 + number, np.uint8)).save(out, "PNG")
            image = project.images.add(out.getvalue(), filename=f"{number}.png").image
            for name, status in (("cup", AnnotationStatus.ACCEPTED), ("mug", AnnotationStatus.PROPOSED)):
                project.annotations.add(NewAnnotation(image.id, name, mask, status=status))
        project.annotations.ensure_category("plate")
    with App.of_module("tests.unit.web.fakes", str(tmp_path)) as app:
        yield app


class Dialog:
    """The open dialog of a page."""

    def __init__(self, page: StudioPage) -> None:
        self.page = page.page
        self.all = self.page.locator(".ss-category-dialog")
        self.rows = self.all.locator(".ss-category")
        self.said = self.all.locator(".ss-category-message")

    def row(self, name: str) -> Locator:
        return self.rows.filter(has=self.page.locator("strong", has_text=name))

    def act(self, name: str, act: str) -> Locator:
        """Open a row's form, and return the form."""
        self.row(name).locator(f"[data-act={act}]").click()
        return self.all.locator(f"[data-form={act}]")

    def names(self, *names: str) -> None:
        expect(self.rows.locator("strong")).to_have_text(list(names))

    def undo(self) -> None:
        self.said.locator("[data-undo]").click()
        expect(self.said).to_contain_text("It was taken back.")


def test_categories_are_managed_and_two_pages_see_it(app: App, visit: Callable[..., StudioPage]) -> None:
    mine, theirs = visit(app), visit(app)
    mine.tab("Dataset")
    mine.page.locator("#dataset [data-manage-categories]").click()
    theirs.page.wait_for_function(f"{CANVAS}.store.get('objects').length === 2")
    theirs.page.keyboard.press("Shift+C")
    here, there = Dialog(mine), Dialog(theirs)
    here.names("cup", "mug", "plate")
    expect(here.row("mug").locator(".ss-num")).to_have_text(["2", "2"])

    form = here.act("cup", "edit")
    form.locator("[name=name]").fill(" mug ")
    expect(form).to_contain_text("There is a category “mug” already: 2 objects on 2 images.")
    expect(form.locator("[type=submit]")).to_be_disabled()
    form.locator("[name=name]").fill("beaker")
    form.locator("[name=supercategory]").fill("crockery")
    form.locator("[type=submit]").click()
    expect(here.said).to_contain_text("“cup” is now called “beaker”: 2 objects on 2 images.")
    there.names("beaker", "mug", "plate")
    expect(there.row("beaker")).to_contain_text("crockery")

    handle = here.row("plate").locator("[data-move]")
    handle.focus()
    mine.page.keyboard.press("ArrowUp")
    mine.page.keyboard.press("ArrowUp")
    expect(here.said).to_contain_text("“plate” is number 1 now, key 1.")
    expect(handle).to_be_focused()
    handle.drag_to(here.row("mug"), target_position={"x": 40, "y": 40})
    expect(here.said).to_contain_text("“plate” is number 3 now, key 3.")
    there.names("beaker", "mug", "plate")

    form = here.act("mug", "merge")
    form.locator("select").select_option(label="beaker")
    expect(form).to_contain_text("“beaker” will have 4 objects")
    form.get_by_role("button", name="Merge: move 2 objects").click()
    expect(here.said).to_contain_text("“mug” was merged into “beaker”: 2 objects moved.")
    expect(here.row("beaker").locator(".ss-num")).to_have_text(["4", "2"])
    here.undo()
    form = here.act("mug", "delete")
    expect(form).to_contain_text("“mug” has 2 objects on 2 images. 0 accepted, 2 proposed.")
    form.get_by_text("Keep its objects without a category").click()
    form.locator("[type=submit]").click()
    expect(here.said).to_contain_text("“mug” was deleted: 2 objects kept as “object”.")
    here.undo()
    expect(here.row("object")).to_have_count(0)

    form = there.act("mug", "edit")
    form.locator("[name=name]").fill("theirs")
    mug = here.act("mug", "edit")
    mug.locator("[name=name]").fill("mine")
    mug.locator("[type=submit]").click()
    expect(here.row("mine")).to_be_visible()
    form.locator("[type=submit]").click()
    expect(form).to_contain_text("it is called “mine” now")
    form.locator("[type=submit]").click()
    expect(here.row("theirs")).to_be_visible()


def test_the_canvas_follows(app: App, visit: Callable[..., StudioPage]) -> None:
    page = visit(app)
    page.page.wait_for_function(f"{CANVAS}.store.get('objects').length === 2")
    page.page.locator("[data-buttons=categories] button").click()
    dialog = Dialog(page)
    dialog.all.locator("[name=new]").fill("bowl")
    page.page.keyboard.press("Enter")
    expect(dialog.said).to_contain_text("“bowl” was added: number 4, key 4.")
    dialog.row("cup").locator(".ss-colour").fill("#00ff00")
    expect(dialog.said).to_contain_text("“cup” has another colour: 2 objects on 2 images.")
    form = dialog.act("cup", "edit")
    form.locator("[name=name]").fill("beaker")
    page.page.keyboard.press("Enter")
    form = dialog.act("mug", "delete")
    form.get_by_text("Delete its objects too").click()
    form.locator("[type=submit]").click()
    expect(dialog.said).to_contain_text("“mug” was deleted: 2 objects rejected.")
    page.page.keyboard.press("Escape")
    chips = page.page.locator("[data-categories] .ss-chip")
    expect(chips).to_have_text(["beaker", "plate", "bowl"])
    expect(chips.first).to_have_attribute("aria-pressed", "true")
    expect(page.objects).to_have_count(1)
    expect(page.objects).to_contain_text("beaker")
    assert page.known("objects")[0]["color"] == "#00ff00"
    page.press("2")
    expect(chips.nth(1)).to_have_attribute("aria-pressed", "true")
