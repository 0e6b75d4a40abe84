"""What the canvas paints, pixel by pixel, in the engine that paints it: known scenes, its own modules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.e2e.page import StudioPage
from tests.processes import App

PRELUDE = """
const load = (path) => import(new URL(`studio/canvas/${path}.js`, document.baseURI).href);
const { Renderer } = await load("render/render");
const { ToolRegistry } = await load("tools/registry");
const { maskOf, covers } = await load("model/masks/mask");
const { strokeMask, polygonMask } = await load("model/masks/shapes");
const map = await load("model/view");
const STAGE = { width: 640, height: 480 };
const LAYERS = ["picture", "objects", "draft"];
const frame = () => new Promise(requestAnimationFrame);

const renderer = (scene, ratio) => {
  const host = document.createElement("div");
  const canvases = Object.fromEntries(LAYERS.map((name) => [name, document.createElement("canvas")]));
  host.append(...Object.values(canvases));
  const made = new Renderer(canvases, () => scene);
  made.resize(STAGE, { width: STAGE.width * ratio, height: STAGE.height * ratio });
  return made;
};
const changed = (shown) => {
  shown.invalidate(...LAYERS);
  return frame();
};
const read = (shown, layer, x = 0, y = 0, w = undefined, h = undefined) => {
  const canvas = shown.canvases[layer];
  return canvas.getContext("2d").getImageData(x, y, w ?? canvas.width, h ?? canvas.height).data;
};
// The largest difference of any colour of any pixel from what a new renderer draws of the scene.
const off = (shown, scene, ratio) => {
  const fresh = renderer(scene, ratio);
  let most = 0;
  for (const layer of ["objects", "draft"]) {
    const [ours, theirs] = [read(shown, layer), read(fresh, layer)];
    for (let i = 0; i < ours.length; i += 1) {
      // A colour counts as much as it covers: one of alpha 1 says nothing.
      const [alpha, other] = i % 4 === 3 ? [255, 255] : [ours[i | 3], theirs[i | 3]];
      most = Math.max(most, Math.abs(ours[i] * alpha - theirs[i] * other) / 255);
    }
  }
  return most;
};
// RGBA of a layer at a point of the image.
const at = (shown, layer, scene, x, y) => {
  const [sx, sy] = map.toScreen(scene.view, x, y);
  return [...read(shown, layer, Math.floor(sx * shown.ratio.x), Math.floor(sy * shown.ratio.y), 1, 1)];
};
const square = (x, y, side) => maskOf({ x, y, w: side, h: side, bits: new Uint8Array(side * side).fill(1) });
const star = (cx, cy, radius) => polygonMask(
  Array.from({ length: 24 }, (_, i) => {
    const [r, a] = [radius * (i % 2 ? 1 : 0.7), (i * Math.PI) / 12];
    return [cx + r * Math.cos(a), cy + r * Math.sin(a)];
  }),
  { width: 4000, height: 3000 },
);
const draft = (values) => ({ of: null, box: null, points: [], mask: null, ...values });
const tools = new ToolRegistry();
const sceneOf = ({ tool = "prompt", ...values }) => ({
  image: { width: 400, height: 300 }, picture: null, view: map.view(1, 20, 20), objects: [], selection: [],
  hovered: null, correcting: null, draft: draft({}), waiting: [], color: "#6366f1", preview: null, boxes: [],
  drag: null, stroke: null, polygon: null, cursor: null, tool, chosenTool: tools.get(tool), brush: 8,
  theirs: null, display: {},
  ...values,
});
"""


class Drawing:
    """Runs scripts against the canvas's drawing modules."""

    def __init__(self, page: StudioPage) -> None:
        self._page = page.page

    def run(self, script: str, argument: Any = None) -> Any:
        return self._page.evaluate(f"async (input) => {{ {PRELUDE} {script} }}", argument)


@pytest.fixture(scope="module")
def drawing(fake_app: App, browser: Browser) -> Iterator[Drawing]:
    """One page for all: these tests leave nothing behind in it."""
    context = browser.new_context()
    page = StudioPage(context.new_page(), fake_app.url)
    yield Drawing(page)
    context.close()
    page.check_quiet()


def test_hidden_objects_and_the_one_under_correction_are_not_drawn(drawing: Drawing) -> None:
    found = drawing.run("""
      const object = (id, x, more) => ({ id, mask: square(x, 50, 40), color: "#ff0000", ...more });
      const objects = [object(1, 50, {}), object(2, 150, { hidden: true }), object(3, 250, {})];
      const scene = sceneOf({ objects, correcting: 3, selection: [2, 3], hovered: 2 });
      const shown = renderer(scene, 1);
      const alphas = () => [70, 170, 270].map((x) => at(shown, "objects", scene, x, 70)[3]);
      const first = alphas();
      scene.objects = objects.map((one) => ({ ...one, hidden: one.id === 1 }));
      await changed(shown);
      return [first, alphas()];
    """)
    stronger = pytest.approx(137, abs=2)
    assert found == [[97, 0, 0], [0, stronger, 0]], "object 2 is selected, and seen once it is shown"


def test_selected_and_hovered_objects_stand_out_with_a_white_halo(drawing: Drawing) -> None:
    found = drawing.run("""
      const object = (id, x) => ({ id, mask: square(x, 50, 40), color: "#ff0000" });
      const objects = [object(1, 50), object(2, 150), object(3, 250)];
      const scene = sceneOf({ objects, selection: [2], hovered: 3 });
      const shown = renderer(scene, 1);
      const look = (x, y) => at(shown, "objects", scene, x, y);
      return [70, 170, 270].map((x) => [look(x, 70)[3], look(x, 48.5)]);
    """)
    (resting, none), *active = found
    assert none[3] == 0, "nothing outside an object at rest"
    for strength, (_, green, blue, alpha) in active:
        assert strength > resting
        assert min(green, blue) > 200
        assert alpha > 100


def test_contours_only_leave_the_inside_unpainted(drawing: Drawing) -> None:
    found = drawing.run("""
      const objects = [{ id: 1, mask: square(50, 50, 40), color: "#ff0000" }];
      const made = draft({ mask: square(150, 50, 40) });
      const scene = sceneOf({ objects, selection: [1], draft: made, display: { contours: true } });
      const shown = renderer(scene, 1);
      const look = (layer, x) => [at(shown, layer, scene, x + 20, 70)[3], at(shown, layer, scene, x, 70)[3]];
      return [look("objects", 50), look("draft", 150)];
    """)
    for inside, edge in found:
        assert inside == 0
        assert edge > 150


def test_the_opacity_is_the_one_chosen(drawing: Drawing) -> None:
    found = drawing.run("""
      const scene = sceneOf({ objects: [{ id: 1, mask: square(50, 50, 40), color: "#ff0000" }] });
      const shown = renderer(scene, 1);
      const alphas = [];
      for (const opacity of [0, 0.2, 1]) {
        scene.display = { opacity };
        await changed(shown);
        alphas.push(at(shown, "objects", scene, 70, 70)[3]);
      }
      return alphas;
    """)
    assert found == [0, 51, 255]


def test_an_object_not_yet_sent_has_a_dashed_outline(drawing: Drawing) -> None:
    found = drawing.run("""
      const object = (unsent) => ({ id: 1, mask: square(50, 50, 200), color: "#ff0000", unsent });
      const scene = sceneOf({ objects: [object(false)], display: { contours: true } });
      const shown = renderer(scene, 1);
      const painted = () => read(shown, "objects").filter((value, i) => i % 4 === 3 && value > 60).length;
      const solid = painted();
      scene.objects = [object(true)];
      await changed(shown);
      return painted() / solid;
    """)
    assert 0.4 < found < 0.75, "five pixels of line, four of gap"


SLIGHT = 16
"""Of 255: what the rounding of an edge's place may do to a pixel; one drawn a pixel off is 90 and more."""

BUSY = """
  const ratio = input;
  const image = { width: 4000, height: 3000 };
  const colors = ["#ff0000", "#00ff00", "#0000ff"];
  const objects = Array.from({ length: 60 }, (_, i) => {
    const mask = star(250 + 390 * (i % 10), 250 + 490 * Math.floor(i / 10), 180);
    return { id: i, mask, color: colors[i % 3], unsent: i % 7 === 0 };
  });
  const points = [{ x: 900, y: 900, label: 1 }];
  const scene = sceneOf({
    image, objects, selection: [13], hovered: 25, view: map.fit(image, STAGE),
    draft: draft({ box: [500, 500, 1500, 1500], points, mask: star(1000, 1000, 400) }),
    waiting: [draft({ mask: star(2000, 1500, 300) })],
    preview: star(3000, 500, 200),
    theirs: star(3000, 2000, 300),
  });
  const shown = renderer(scene, ratio);
  await shown.whenSettled();
"""


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
def test_a_kept_layer_is_what_drawing_afresh_gives(drawing: Drawing, ratio: float) -> None:
    found = drawing.run(
        BUSY
        + """
      const found = {};
      const settle = async (name) => {
        await changed(shown);
        await shown.whenSettled();
        found[name] = off(shown, scene, ratio);
      };
      await settle("at first");
      for (let i = 0; i < 40; i += 1) {
        scene.view = map.panBy(scene.view, 3, -2);
        await changed(shown);
      }
      await settle("moved");
      for (let i = 0; i < 12; i += 1) {
        scene.view = map.zoomAt(scene.view, 1.2, 300, 200);
        await changed(shown);
      }
      await settle("enlarged");
      for (let i = 0; i < 40; i += 1) {
        scene.view = map.panBy(scene.view, -17, 13);
        await changed(shown);
      }
      await settle("moved far, enlarged");
      for (let i = 0; i < 8; i += 1) {
        scene.view = map.zoomAt(scene.view, 0.8, 100, 300);
        await changed(shown);
      }
      await settle("made smaller");
      scene.objects = [...objects, { id: 99, mask: star(700, 700, 150), color: "#ff00ff" }];
      await settle("one more");
      scene.objects = scene.objects.slice(5);
      scene.selection = [];
      await settle("some fewer");
      return found;
    """,
        ratio,
    )
    assert found == dict.fromkeys(found, pytest.approx(0, abs=SLIGHT))


@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_while_the_view_moves_by_whole_pixels_every_frame_is_true(drawing: Drawing, ratio: float) -> None:
    found = drawing.run(
        BUSY
        + """
      scene.view = map.zoomAt(scene.view, 3, 320, 240);
      await changed(shown);
      await shown.whenSettled();
      const found = [];
      for (let i = 0; i < 30; i += 1) {
        scene.view = map.panBy(scene.view, -12, 8);
        await changed(shown);
        found.push(off(shown, scene, ratio));
      }
      return found;
    """,
        ratio,
    )
    assert max(found) <= SLIGHT


@pytest.mark.parametrize("erase", [False, True])
@pytest.mark.parametrize("diameter", [1, 7, 12.5])
def test_a_stroke_under_the_mouse_covers_exactly_its_pixels(
    drawing: Drawing, diameter: float, erase: bool
) -> None:
    wrong = drawing.run(
        """
      const image = { width: 60, height: 50 };
      const scene = sceneOf({ image, view: map.view(8, 20, 20), tool: "brush" });
      if (input.erase) scene.draft = draft({ mask: square(0, 0, 50) });
      const points = [[10.2, 10.7], [18.5, 14.1], [18.5, 14.1], [30.9, 12], [29, 33.3], [12, 44.9], [-4, 47]];
      points.push([40, 49.5]);
      const shown = renderer(scene, 1);
      for (let i = 1; i <= points.length; i += 1) {
        scene.stroke = { points: points.slice(0, i), diameter: input.diameter, erase: input.erase };
        await changed(shown);
      }
      const mask = strokeMask(points, input.diameter, image);
      const wrong = [];
      for (let y = 2; y < 48; y += 1) {
        for (let x = 2; x < 48; x += 1) {
          const painted = at(shown, "draft", scene, x + 0.5, y + 0.5)[3] > 0;
          if (painted !== (covers(mask, x, y) !== input.erase)) wrong.push([x, y]);
        }
      }
      return wrong;
    """,
        {"diameter": diameter, "erase": erase},
    )
    assert wrong == []


def test_a_stroke_over_the_draft_is_painted_once(drawing: Drawing) -> None:
    found = drawing.run("""
      const scene = sceneOf({ draft: draft({ mask: square(50, 50, 100) }), tool: "brush" });
      const shown = renderer(scene, 1);
      scene.stroke = { points: [[80, 80], [180, 80]], diameter: 20, erase: false };
      await changed(shown);
      return [[60, 120], [90, 80], [170, 80]].map(([x, y]) => at(shown, "draft", scene, x, y));
    """)
    assert found[0] == found[1] == found[2]


def test_a_new_stroke_does_not_show_the_one_before(drawing: Drawing) -> None:
    found = drawing.run("""
      const scene = sceneOf({ tool: "brush" });
      const shown = renderer(scene, 1);
      for (const points of [[[50, 50], [90, 50]], null, [[50, 50]]]) {
        scene.stroke = points && { points, diameter: 9, erase: false };
        await changed(shown);
      }
      return [50, 85].map((x) => at(shown, "draft", scene, x, 50)[3] > 0);
    """)
    assert found == [True, False]


def test_the_picture_alone_is_filtered_and_by_default_nothing_is(drawing: Drawing) -> None:
    found = drawing.run("""
      const scene = sceneOf({});
      const shown = renderer(scene, 1);
      const host = shown.canvases.picture.parentNode;
      const seen = [];
      for (const [brightness, contrast, gamma] of [[], [1.5, 0.8, 2], [1, 1, 1]]) {
        scene.display = { brightness, contrast, gamma };
        await changed(shown);
        const filters = LAYERS.map((name) => shown.canvases[name].style.filter);
        seen.push([...filters, host.querySelectorAll("svg").length]);
      }
      return seen;
    """)
    first, changed, last = found
    assert first == last == ["", "", "", 0]
    assert changed == ['url("#ss-gamma") brightness(1.5) contrast(0.8)', "", "", 1]


def test_a_box_has_eight_handles_and_four_where_it_is_small(drawing: Drawing) -> None:
    found = drawing.run("""
      const { handlesOf } = await load("render/handles");
      const look = (box) =>
        Object.fromEntries(handlesOf(box, map.view(2, 5, 7)).map(({ name, x, y }) => [name, [x, y]]));
      return [look([10, 20, 29, 59]), look([10, 20, 19, 59]), look([10, 20, 11, 21])];
    """)
    large, narrow, small = found
    assert large == {
        "nw": [25, 47],
        "ne": [65, 47],
        "se": [65, 127],
        "sw": [25, 127],
        "n": [45, 47],
        "s": [45, 127],
        "e": [65, 87],
        "w": [25, 87],
    }
    assert set(narrow) == {"nw", "ne", "se", "sw", "e", "w"}
    assert set(small) == {"nw", "ne", "se", "sw"}


def test_the_brush_is_a_circle_of_its_size_and_a_cross_where_it_is_tiny(drawing: Drawing) -> None:
    found = drawing.run("""
      const scene = sceneOf({ tool: "brush", brush: 40, cursor: { x: 200, y: 200 } });
      const shown = renderer(scene, 1);
      const reach = () => {
        const row = read(shown, "draft", 0, 200, 640, 1).filter((_, i) => i % 4 === 3);
        return [row.findIndex((alpha) => alpha > 150), row.findLastIndex((alpha) => alpha > 150), row[200]];
      };
      const seen = [reach()];
      scene.brush = 2;
      await changed(shown);
      return [...seen, reach()];
    """)
    circle, cross = found
    assert circle == [pytest.approx(180, abs=2), pytest.approx(220, abs=2), 0]
    assert 190 < cross[0] < cross[1] < 210
    assert cross[2] > 150


def test_a_line_one_pixel_wide_stays_in_sight_from_afar(drawing: Drawing) -> None:
    found = drawing.run("""
      const image = { width: 4000, height: 3000 };
      const crack = strokeMask([[500, 500], [3500, 2500]], 1, image);
      const { reduced } = await load("render/levels");
      const look = ({ x, y, w, h, area }) => [x, y, w, h, area >= Math.max(w, h)];
      return [2, 4, 8].map((factor) => look(reduced(crack, factor)));
    """)
    for (x, y, w, h, whole), factor in zip(found, (2, 4, 8), strict=True):
        assert [x, y] == pytest.approx([500 / factor, 500 / factor], abs=1)
        assert [w, h] == pytest.approx([3000 / factor, 2000 / factor], abs=2)
        assert whole, "no gap in the line"


def test_a_picture_is_loaded_as_it_is_with_smaller_copies(drawing: Drawing) -> None:
    found = drawing.run("""
      const { loadPicture, levelFor } = await load("model/picture");
      const canvas = new OffscreenCanvas(2050, 1025);
      const context = canvas.getContext("2d");
      for (let x = 0; x < 2050; x += 1) {
        context.fillStyle = x % 2 ? "#000" : "#fff";
        context.fillRect(x, 0, 1, 1025);
      }
      const picture = await loadPicture(URL.createObjectURL(await canvas.convertToBlob()));
      const value = (bitmap, x) => {
        const copy = new OffscreenCanvas(4, 1).getContext("2d");
        copy.drawImage(bitmap, -x, -5);
        return copy.getImageData(0, 0, 1, 1).data[0];
      };
      return {
        sizes: picture.levels.map(({ bitmap }) => [bitmap.width, bitmap.height]),
        whole: [100, 101].map((x) => value(picture.levels[0].bitmap, x)),
        half: value(picture.levels[1].bitmap, 100),
        chosen: [2, 1, 0.51, 0.5, 0.26, 0.01].map((scale) => levelFor(picture, scale).width),
      };
    """)
    assert found["sizes"] == [[2050, 1025], [1025, 513], [513, 257]]
    assert found["whole"] == [255, 0]
    assert found["half"] == pytest.approx(127, abs=3)
    assert found["chosen"] == [2050, 2050, 2050, 1025, 1025, 513]


def test_pictures_are_kept_and_the_oldest_let_go(drawing: Drawing) -> None:
    found = drawing.run("""
      const { PictureCache } = await load("model/picture");
      const url = async (size) => {
        const canvas = new OffscreenCanvas(size, size);
        canvas.getContext("2d");
        return URL.createObjectURL(await canvas.convertToBlob());
      };
      const urls = await Promise.all([10, 11, 12, 13, 14].map(url));
      const cache = new PictureCache({ limit: 4, bytes: 2000 });
      const pictures = [];
      for (const one of urls) pictures.push(await cache.get(one));
      const again = (await cache.get(urls[4])) === pictures[4];
      let failed = 0;
      const other = new PictureCache();
      for (let i = 0; i < 2; i += 1) await other.get("no-image").catch(() => { failed += 1; });
      failed -= other.entries.size;
      return { again, failed, kept: pictures.map(({ levels }) => levels[0].bitmap.width) };
    """)
    assert found["again"]
    assert found["failed"] == 2, "a failure is not kept"
    assert found["kept"] == [0, 0, 12, 13, 14], "three stay however large they are"
