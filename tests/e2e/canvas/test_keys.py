"""Keys as in other tools, and keys that a person sets."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.e2e.drawing import begin, bits, stored
from tests.e2e.page import CANVAS, StudioPage
from tests.processes import ROOT

PRESETS = """async () => {
  const module = (name) => import(new URL(`studio/canvas/commands/${name}.js`, document.baseURI).href);
  const loaded = await Promise.all(["bindings", "presets", "reserved"].map(module));
  const [{ Bindings }, { PRESETS }, { reservedBecause }] = loaded;
  const nameOf = ({ id }) => id;
  const commands = [...CANVAS.commands];
  return PRESETS.map(({ id, keys }) => {
    const bindings = new Bindings({ read: () => ({ preset: id, own: {} }), write() {}, onChange() {} });
    for (const command of commands) bindings.declare(command);
    const shared = Object.entries(keys).flatMap(([one, list]) => list.map((key) => [key, one]));
    return {
      id,
      unknown: Object.keys(keys).filter((one) => !commands.some((command) => command.id === one)),
      twice: shared.filter(([key], i) => shared.findIndex(([other]) => other === key) !== i),
      reserved: commands.flatMap((command) => bindings.keysOf(command.id)).filter(reservedBecause),
      keyless: commands.filter((one) => one.keys.length && !bindings.keysOf(one.id).length).map(nameOf),
    };
  });
}""".replace("CANVAS", CANVAS)


def test_no_two_commands_of_a_preset_have_one_key_and_each_keeps_one(page: StudioPage) -> None:
    """A new command whose default key a preset gives away wants a replacement in commands/presets.js."""
    found = page.page.evaluate(PRESETS)
    assert [one.pop("id") for one in found] == ["samstudio", "cvat", "labelstudio", "labelme"]
    assert found == [{"unknown": [], "twice": [], "reserved": [], "keyless": []}] * 4


TABLE = [
    ["toolBrush"],
    ["toolEraser"],
    ["toolPolygon"],
    ["snap"],
    ["toolWand"],
    ["toolOutline"],
    ["fill", "specks"],
    ["grow", "shrink", "smooth"],
]
"""The commands of the rows of the documentation's table of tools."""

KEYED = re.compile(r"`(.)`|((?:(?:Ctrl|Shift|Alt)\+)*(?:F\d|[A-Z]))(?=[,\s]|$)")
BOLD = re.compile(r"\*\*((?:(?:Ctrl|Shift|Alt)\+)+\S+?|F\d+|[A-Z0-9←→↑↓])\*\*")

KEYS = """async () => {
  const module = (name) => import(new URL(`studio/canvas/commands/${name}.js`, document.baseURI).href);
  const [{ shownKey }, { OTHER_WORDS }] = await Promise.all(["keys", "other_words"].map(module));
  const { commands, bindings } = CANVAS;
  const keys = [...commands].flatMap(({ id }) => bindings.keysOf(id).map((key) => [shownKey(key), id]));
  return [Object.fromEntries(keys), Object.keys(OTHER_WORDS), [...commands].map(({ id }) => id)];
}""".replace("CANVAS", CANVAS)


def test_the_documentation_names_the_keys_that_there_are(page: StudioPage) -> None:
    keys, words, commands = page.page.evaluate(KEYS)
    for name in ("annotating.md", "annotating.ja.md"):
        text = (ROOT / "docs" / name).read_text(encoding="utf-8")
        rows = [line.split("|") for line in text.split("## ")[2].splitlines() if line.startswith("| ")]
        cells = [[a or b for a, b in KEYED.findall(cell)] for _, _, cell, *_ in rows[1:]]
        assert [[keys.get(key) for key in cell] for cell in cells] == TABLE, name
        pressed = [
            key for key in BOLD.findall(text) if key != "Shift+Space"
        ]  # the keyboard's cursor has that one
        assert [key for key in pressed if key not in keys] == [], name
    things = {"category", "object", "image", "proposed", "dataset", "finetune", "versions"}
    assert set(words) - things <= set(commands)


def test_words_of_other_tools_are_in_tooltips_and_found_in_the_list_of_keys(page: StudioPage) -> None:
    accept = page.page.locator("[data-draft-card] [data-command=accept]")
    assert "submit" in str(accept.get_attribute("title"))
    assert "models" in str(page.page.get_by_role("tab", name="Versions").get_attribute("title"))
    page.page.keyboard.press("F1")
    dialog = page.page.get_by_role("dialog", name="Keys")
    dialog.get_by_role("searchbox").fill("commit")
    expect(dialog.locator("tr:visible")).to_have_count(1)
    expect(dialog.locator("tr:visible")).to_contain_text("Accept; or ask for the boxes")
    dialog.get_by_role("searchbox").fill("class")
    expect(dialog.locator("tr:visible", has_text="label, class").last).to_contain_text("Category")
    dialog.get_by_role("searchbox").fill("nonsense")
    expect(dialog.get_by_role("status")).to_have_text("Nothing here is called that.")
    dialog.get_by_role("button", name="Close").click()
    page.page.keyboard.press("?")
    expect(dialog.locator("tr", has_text="Previous or next image")).to_be_visible()
    page.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def _settings(page: StudioPage) -> Any:
    page.page.keyboard.press("F1")
    page.page.get_by_role("button", name="Change keys").click()
    return page.page.get_by_role("dialog", name="Settings")


def test_keys_are_set_conflicts_are_asked_about_and_all_that_names_keys_follows(page: StudioPage) -> None:
    dialog = _settings(page)
    row = dialog.locator("[data-command-row=fit]")
    add = row.get_by_role("button", name="Add a key to “Fit”")
    add.click()
    page.page.keyboard.press("Escape")
    expect(dialog).to_be_visible()
    add.click()
    page.page.keyboard.press("Tab")
    expect(dialog.get_by_role("alert")).to_contain_text("Tab cannot be set.")
    add.click()
    page.page.keyboard.press("b")
    expect(dialog.get_by_role("alert")).to_contain_text("B belongs to “Brush”.")
    dialog.get_by_role("button", name="Leave it as it is").click()
    expect(row.locator("kbd")).to_have_text(["F"])
    add.click()
    page.page.keyboard.press("b")
    dialog.get_by_role("button", name="Give it to “Fit”").click()
    expect(row.locator("kbd")).to_have_text(["F", "B"])
    expect(dialog.locator("[data-command-row=toolBrush] kbd")).to_have_count(0)
    row.get_by_role("button", name="Take F from “Fit”").click()
    dialog.get_by_role("button", name="Close", exact=True).click()
    assert page.page.get_by_role("button", name="Fit (B)").count() == 1
    page.press("b")
    assert page.known("tool") == "prompt", "no longer the brush's key"

    page.open()
    assert page.page.get_by_role("button", name="Fit (B)").count() == 1, "remembered"
    dialog = _settings(page)
    expect(dialog.locator("[data-changed]")).to_have_text("2 commands have keys of your own.")
    dialog.get_by_role("button", name="Reset the keys of “Brush”").click()
    expect(dialog.get_by_role("alert")).to_contain_text("belongs to another command now")
    dialog.get_by_role("button", name="Reset all").click()
    expect(dialog.locator("[data-command-row=toolBrush] kbd")).to_have_text(["B"])

    dialog.get_by_label("Keys as in").select_option("CVAT")
    dialog.get_by_role("button", name="Close", exact=True).click()
    expect(dialog).to_be_hidden()
    assert page.page.get_by_role("button", name="Next image (F)").count() == 1
    page.press("F1")
    keys = page.page.get_by_role("dialog", name="Keys").locator("tr", has_text="Previous or next image")
    expect(keys.locator("kbd")).to_have_text("D / F")
    page.press("Escape")
    page.press("F2")
    dialog.get_by_label("Keys as in").select_option("SAM Studio")
    dialog.get_by_role("button", name="Close", exact=True).click()


def test_objects_go_to_another_image(page: StudioPage, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    for box in (((20, 30), (120, 130)), ((250, 150), (390, 290))):
        page.drag(*box)
        page.accept()
    page.press("Control+a")
    expect(page.notice).to_contain_text("2 objects selected.")
    page.press("Control+c")
    expect(page.notice).to_contain_text("2 objects copied; Ctrl+V pastes them, on any image.")
    before = [one["bits"] for one in stored(page)]
    name = page.known("image")["filename"]

    begin(page, other, size=(300, 400))
    page.press("Control+v")
    expect(page.objects).to_have_count(2)
    expect(page.notice).to_contain_text("2 objects pasted.")
    assert [(one["bits"] == two).all() for one, two in zip(stored(page), before, strict=True)] == [True, True]
    page.press("Control+z")
    expect(page.objects).to_have_count(0)
    page.press("Control+Shift+z")
    expect(page.objects).to_have_count(2)

    small = tmp_path / "small"
    small.mkdir()
    begin(page, small, size=(160, 200))
    page.press("Control+v")
    expect(page.notice).to_contain_text(
        "2 objects pasted. This image has another size; each mask keeps its own size and place in pixels. "
        "1 lay beyond its edge and came inside."
    )
    assert sorted(int(one["bits"].sum()) for one in stored(page)) == sorted(int(one.sum()) for one in before)
    page.press("Control+a")
    page.press("Delete")
    expect(page.objects).to_have_count(0)
    page.open_image(name)
    page.press("Control+v")
    expect(page.objects).to_have_count(4)


def test_saving_is_not_needed_and_the_answer_is_true(page: StudioPage) -> None:
    page.press("Control+s")
    expect(page.notice).to_contain_text("Everything is saved.")
    page.drag((20, 30), (120, 130))
    page.press("Control+s")
    expect(page.notice).to_contain_text("What you have begun on this image is kept in this browser; Enter")
    page.page.route("**/component_server/", lambda route: route.abort())
    page.page.keyboard.press("Enter")
    expect(page.notice).to_contain_text("The server does not answer")
    page.page.keyboard.press("Control+s")
    expect(page.notice).to_contain_text("Not everything is saved: 1 object of yours waits in this browser")
    page.page.unroute_all()
    page.page.keyboard.press("Control+s")
    expect(page.notice).to_contain_text("Everything is saved.")
    page.noise.clear()  # what the browser says of a connection that is cut


def test_shift_takes_away_masks_are_hidden_while_held_and_zoom_is_kept(
    page: StudioPage, tmp_path: Path
) -> None:
    page.drag((100, 100), (200, 180))
    whole = bits(page).sum()
    page.page.keyboard.down("Shift")
    page.click(150, 140)
    page.page.keyboard.up("Shift")
    assert bits(page).sum() < whole
    assert page.known("draft")["points"] == [{"x": 150, "y": 140, "label": 0}]

    layer = page.page.locator("canvas[data-layer=draft]")
    page.page.keyboard.down("q")
    expect(layer).to_have_css("visibility", "hidden")
    page.page.keyboard.up("q")
    expect(layer).to_have_css("visibility", "visible")

    other = tmp_path / "zoomed"
    other.mkdir()
    begin(page, other)
    page.press("+")
    page.press("Shift+z")
    scale = page.known("view")["scale"]
    page.press("ArrowLeft")
    page.page.wait_for_function(f"{CANVAS}.store.get('picture')")
    assert page.known("view")["scale"] == scale
    page.press("Shift+z")
    page.press("d")
    page.page.wait_for_function(f"{CANVAS}.store.get('picture')")
    assert page.known("view")["scale"] < scale
    page.press("a")


_PRESS = "(key) => document.body.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, ...key }))"


@pytest.mark.parametrize("how", ["typing", "composing", "foreign"])
def test_keys_are_not_taken_from_what_is_written(page: StudioPage, how: str) -> None:
    if how == "typing":
        page.page.get_by_label("New category").focus()
        page.page.keyboard.press("b")
        page.page.get_by_label("New category").fill("")
    elif how == "composing":
        page.page.evaluate(_PRESS, {"key": "b", "isComposing": True})
    else:  # the key that has B on another alphabet's keyboard
        page.page.evaluate(_PRESS, {"key": "и", "code": "KeyB"})
    assert page.known("tool") == ("brush" if how == "foreign" else "prompt")
