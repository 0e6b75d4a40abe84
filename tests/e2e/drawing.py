"""What tests of drawing share: pictures, what was asked, masks as arrays, strokes by brute force."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Request

from samstudio.web.page.canvas.wire import from_wire
from tests.e2e.page import CANVAS, StudioPage

Bits = NDArray[np.bool_]
Point = tuple[float, float]

SMALL = (300, 400)
"""Height and width of the pictures that `begin` uploads."""

MASK = """(expression) => {
  const { store } = CANVAS;
  const mask = new Function("store", `return ${expression}`)(store);
  return mask && { x: mask.x, y: mask.y, w: mask.w, h: mask.h, bits: Array.from(mask.bits).join("") };
}""".replace("CANVAS", CANVAS)


def begin(page: StudioPage, folder: Path, *, size: tuple[int, int] = SMALL) -> StudioPage:
    """Open a picture that no other test has."""
    height, width = size
    path = folder / f"{folder.name}-{width}.png"
    seed = abs(hash(str(path))) % 2**32
    pixels = np.random.default_rng(seed).integers(60, 120, (height // 10, width // 10, 3), dtype=np.uint8)
    Image.fromarray(pixels).resize((width, height), Image.Resampling.NEAREST).save(path, compress_level=1)
    page.upload(path)
    page.open_image(path.name)
    return page


class Asked:
    """The calls of the canvas's server functions, as they leave the page."""

    def __init__(self, page: StudioPage) -> None:
        self._page = page.page
        self._calls: list[tuple[str, dict[str, Any]]] = []
        self._page.on("request", self._note)

    def stop(self) -> None:
        self._page.remove_listener("request", self._note)

    def _note(self, request: Request) -> None:
        if request.url.endswith("/component_server/"):
            body = request.post_data_json
            self._calls.append((body["fn_name"], body["data"]))

    def of(self, function: str, *, previews: bool = False) -> list[dict[str, Any]]:
        """Those of one function in order; previews only when asked for."""
        return [
            data for name, data in self._calls if name == function and bool(data.get("preview")) == previews
        ]

    def forget(self) -> None:
        self._calls.clear()


def bits(
    page: StudioPage, expression: str = "store.get('draft').mask", size: tuple[int, int] = SMALL
) -> Bits:
    """A mask of the store as an array of the image's size; all False where there is none."""
    found = page.page.evaluate(MASK, expression)
    whole = np.zeros(size, bool)
    if found:
        x, y, w, h = (found[key] for key in "xywh")
        crop = np.frombuffer(found["bits"].encode(), np.uint8).reshape(h, w) == ord("1")
        whole[y : y + h, x : x + w] = crop
    return whole


def of_wire(wire: Any, size: tuple[int, int] = SMALL) -> Bits:
    """A mask as it was sent."""
    return from_wire(wire, size=size)


def stored(page: StudioPage) -> list[dict[str, Any]]:
    """The open image's objects as the server has them now."""
    image = page.known("image")
    reply = page.page.evaluate(
        f"(id) => {CANVAS}.session.core.transport.call('open_image', {{ image_id: id }})", image["id"]
    )
    objects: list[dict[str, Any]] = reply["objects"]
    for one in objects:
        one["bits"] = of_wire(one["mask"], (image["height"], image["width"]))
    return objects


def look(page: StudioPage, x: int, y: int) -> list[int]:
    """RGBA of the objects' layer at a pixel of the image."""
    page.page.mouse.move(2, 2)
    page.settle()
    found: list[int] = page.page.evaluate(
        f"""async ([x, y]) => {{
          const {{ stage }} = {CANVAS};
          await stage.renderer.whenSettled();
          const canvas = document.querySelector("canvas[data-layer=objects]");
          const ratio = canvas.width / canvas.clientWidth;
          const [px, py] = stage.toScreen(x + 0.5, y + 0.5).map((v) => Math.floor(v * ratio));
          return [...canvas.getContext("2d").getImageData(px, py, 1, 1).data];
        }}""",
        [x, y],
    )
    return found


def zoom_to(page: StudioPage, scale: float, x: float, y: float) -> None:
    """Show the image's point (x, y) in the middle of the stage, at `scale` CSS pixels a pixel."""
    page.page.evaluate(
        f"""([scale, x, y]) => {{
          const {{ stage, store }} = {CANVAS};
          const {{ clientWidth, clientHeight }} = document.querySelector("[data-stage]");
          const view = {{ scale, x: clientWidth / 2 - x * scale, y: clientHeight / 2 - y * scale }};
          store.set({{ view: Object.freeze(view) }});
          return stage.renderer.whenSettled();
        }}""",
        [scale, x, y],
    )
    page.settle()


def choose_brush(page: StudioPage, diameter: int, tool: str = "b") -> None:
    """Take the brush (b) or the eraser (e), of that many image pixels."""
    page.press(tool)
    page.page.locator("[data-brush-size]").fill(str(diameter))
    page.page.locator("[data-stage]").focus()


class Hand:
    """The mouse, at whole CSS pixels; `points` are where that is on the image, exactly."""

    def __init__(self, page: StudioPage) -> None:
        self._page = page
        frame = page.page.evaluate(
            f"""() => {{
              const {{ left, top }} = document.querySelector("[data-stage]").getBoundingClientRect();
              const {{ scale, x, y }} = {CANVAS}.store.get("view");
              return [left + x, top + y, scale, left, top, x, y];
            }}"""
        )
        self._left, self._top, self._scale, self._x0, self._y0, self._vx, self._vy = frame

    def near(self, x: float, y: float) -> tuple[int, int]:
        """The whole CSS pixel of the page nearest to a point of the image."""
        return round(x * self._scale + self._left), round(y * self._scale + self._top)

    def point(self, px: int, py: int) -> Point:
        """The image's point there."""
        return ((px - self._x0 - self._vx) / self._scale, (py - self._y0 - self._vy) / self._scale)

    def stroke(self, *places: tuple[float, float], button: Any = "left") -> list[Point]:
        """Press, move through points of the image, let go; → the points it went through."""
        whole = [self.near(*place) for place in places]
        mouse = self._page.page.mouse
        mouse.move(*whole[0])
        mouse.down(button=button)
        for place in whole[1:]:
            mouse.move(*place)
        mouse.up(button=button)
        self._page.page.evaluate(f"() => {CANVAS}.session.core.answering")
        self._page.settle()
        return [self.point(*place) for place in whole]


def swept(points: list[Point], diameter: float, size: tuple[int, int]) -> Bits:
    """The pixels whose centre is within half the diameter of the polyline, each asked by itself."""
    near = np.zeros(size, bool)
    reach = int(diameter / 2) + 2
    for (ax, ay), (bx, by) in zip(points, points[1:] or points, strict=False):
        top, bottom = max(0, int(min(ay, by)) - reach), max(0, int(max(ay, by)) + reach)
        left, right = max(0, int(min(ax, bx)) - reach), max(0, int(max(ax, bx)) + reach)
        there = near[top:bottom, left:right]
        ys, xs = np.mgrid[: there.shape[0], : there.shape[1]]
        xs, ys = xs + left + 0.5, ys + top + 0.5
        ux, uy = bx - ax, by - ay
        length = ux * ux + uy * uy
        along = np.clip(((xs - ax) * ux + (ys - ay) * uy) / length, 0, 1) if length else np.zeros(there.shape)
        dx, dy = xs - ax - along * ux, ys - ay - along * uy
        there |= dx * dx + dy * dy <= (diameter / 2) ** 2
    return near
