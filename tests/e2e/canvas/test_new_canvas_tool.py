"""A tool of the canvas is one object: once it is registered, the whole page has it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Error, expect

from tests.e2e.page import CANVAS, StudioPage

STAMP = """() => CANVAS.tools.register({
  id: "stamp",
  key: "Shift+t",
  label: "Stamp",
  icon: "M12 4v16",
  cursor: "cell",
  paintCursor: (context, scene, { x, y }) => {
    context.fillStyle = "#ff00ff";
    context.fillRect(x - 5, y - 5, 10, 10);
  },
  boxHandles: true,
  keepsMany: true,
  group: "Correct",
  gestures: [["Drag", "Draw a line of stamps"]],
  options: [{
    id: "stamp-size", label: "Size", name: "Stamp size", min: 1, max: 50,
    value: ({ stamp }) => stamp ?? 7,
    text: ({ stamp }) => `${stamp ?? 7} px`,
    change: ({ store }, stamp) => store.set({ stamp }),
  }],
  commands: [{
    id: "restamp", keys: ["Ctrl+e"], label: "Stamp once more", group: "Correct",
    run: () => window.heard.push(["again"]),
  }],
  make: ({ scene, session: { previewing } }) => {
    window.heard = [];
    const hear = (what) => ({ point, negative }) => {
      window.heard.push([what, scene().tool, Math.round(point.x), negative]);
    };
    const pixel = (place) => ["x", "y"].map((axis) => {
      const { view } = scene();
      return Math.floor((place[axis] - view[axis]) / view.scale);
    });
    const hover = (place) => previewing.hover(place && pixel(place));
    return { down: hear("down"), move: hear("move"), up: hear("up"), cancel() {}, hover };
  },
})""".replace("CANVAS", CANVAS)


@pytest.fixture(scope="module")
def stamped(shared: StudioPage) -> StudioPage:
    shared.page.evaluate(STAMP)
    return shared


@pytest.fixture
def tool(stamped: StudioPage, page: StudioPage) -> StudioPage:
    page.page.evaluate("() => { window.heard = []; }")
    return page


def _heard(page: StudioPage) -> list[list[object]]:
    heard: list[list[object]] = page.page.evaluate("window.heard")
    return heard


def test_it_is_in_the_toolbar_and_chosen_there(tool: StudioPage) -> None:
    button = tool.page.get_by_role("toolbar").get_by_role("button", name="Stamp (Shift+T)")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(button.locator("path")).to_have_attribute("d", "M12 4v16")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(tool.page.get_by_role("button", name="Box and click (S)")).to_have_attribute(
        "aria-pressed", "false"
    )
    assert tool.known("tool") == "stamp"


def test_its_key_its_cursor_and_its_options_come_with_it(tool: StudioPage) -> None:
    stage = tool.page.locator("[data-stage]")
    expect(stage).to_have_css("cursor", "crosshair")
    tool.press("Shift+t")
    assert tool.known("tool") == "stamp"
    expect(stage).to_have_css("cursor", "cell")
    slider = tool.page.get_by_label("Stamp size")
    expect(slider).to_have_value("7")
    slider.fill("12")
    assert tool.known("stamp") == 12
    tool.page.locator("[data-stage]").focus()
    tool.press("b")
    expect(tool.page.get_by_label("Stamp size")).to_have_count(0)
    expect(tool.page.get_by_label("Brush size")).to_be_visible()


def _paint(page: StudioPage, x: float, y: float, *, off: int = 0) -> list[int]:
    """RGBA of the draft's layer, `off` CSS pixels to the left of and above the image's point (x, y)."""
    page.settle()
    found: list[int] = page.page.evaluate(
        f"""async ([x, y, off]) => {{
          const {{ stage }} = {CANVAS};
          await stage.renderer.whenSettled();
          const [px, py] = stage.toScreen(x, y).map((v) => Math.round(v) - off);
          const canvas = document.querySelector("canvas[data-layer=draft]");
          return [...canvas.getContext("2d").getImageData(px, py, 1, 1).data];
        }}""",
        [x, y, off],
    )
    return found


def test_it_draws_at_the_cursor(tool: StudioPage) -> None:
    tool.press("Shift+t")
    tool.page.mouse.move(*tool.at(200, 150))
    assert _paint(tool, 200, 150) == [255, 0, 255, 255]
    tool.press("b")
    assert _paint(tool, 200, 150) != [255, 0, 255, 255]


def test_the_drafts_box_has_its_handles_for_it(tool: StudioPage) -> None:
    tool.drag((100, 100), (200, 180))
    tool.page.mouse.move(2, 2)
    beside = 3  # inside of the handle, and further than the box's own line reaches
    tool.press("Shift+t")
    assert _paint(tool, 100, 100, off=beside) == [255, 255, 255, 255]
    tool.press("v")
    assert _paint(tool, 100, 100, off=beside)[3] == 0
    tool.press("Escape")


def test_it_shows_what_a_click_would_give(tool: StudioPage) -> None:
    tool.press("Shift+t")
    tool.page.mouse.move(*tool.middle(200, 150))
    tool.page.wait_for_function(f"{CANVAS}.store.get('preview')")
    tool.press("v")
    assert tool.known("preview") is None, "another tool"


def test_boxes_go_on_being_collected_where_it_is_chosen(tool: StudioPage) -> None:
    tool.press("m")
    assert tool.known("many")
    tool.press("Shift+t")
    assert tool.known("many")
    tool.press("v")
    assert not tool.known("many")


def test_the_list_of_keys_names_it(tool: StudioPage) -> None:
    tool.press("?")
    lines = (
        tool.page.get_by_role("dialog", name="Keys")
        .locator("section", has_text="Correct")
        .first.locator("tr")
    )
    texts = [text for text in lines.all_text_contents() if "tamp" in text]
    assert texts == ["Shift+TStamp", "DragDraw a line of stamps", "Ctrl+EStamp once more"]
    tool.press("Escape")


def test_the_mouse_and_the_keyboards_cursor_speak_to_it(tool: StudioPage) -> None:
    tool.press("Shift+t")
    x = round(tool.middle(100, 100)[0] - tool.page.locator("[data-stage]").bounding_box()["x"])  # type: ignore[index]
    tool.click(100, 100)
    assert _heard(tool) == [["down", "stamp", x, False], ["up", "stamp", x, False]]
    tool.click(100, 100, button="right")
    assert _heard(tool)[-2:] == [["down", "stamp", x, True], ["up", "stamp", x, True]]
    tool.drag((100, 100), (150, 120))
    assert "move" in [what for what, *_ in _heard(tool)]
    before = len(_heard(tool))
    tool.press("k")
    tool.press(" ")
    assert [what for what, *_ in _heard(tool)[before:]] == ["down", "up"]
    tool.press("k")


def test_what_it_brings_has_its_key(tool: StudioPage) -> None:
    tool.press("Control+e")
    assert _heard(tool) == [["again"]]


def test_a_key_that_is_taken_is_refused(tool: StudioPage) -> None:
    for twin, message in ((("brush", "y"), "brush"), (("marker", "b"), "The key b belongs to")):
        with pytest.raises(Error, match=message):
            tool.page.evaluate(
                f"([id, key]) => {CANVAS}.tools.register({{ id, key, label: id, make: () => ({{}}) }})",
                list(twin),
            )
