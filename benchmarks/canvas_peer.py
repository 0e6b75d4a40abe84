"""The peer of `benchmarks.canvas`: the plain way to put a mask on screen.

Stock segment-anything decodes the box, the mask becomes a PNG of the whole
picture, that travels as base64 in JSON, and the page draws it in an ``<img>``'s
way over the picture. Same weights, same picture, same browser.
"""

from __future__ import annotations

import base64
import io
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

import numpy as np
import torch
from PIL import Image
from playwright.sync_api import Browser, Page

from benchmarks.canvas_page import ROOM, Point
from benchmarks.canvas_pictures import Scene
from benchmarks.stock_sam import Stock
from samstudio.config import Settings
from samstudio.domain import Embedding
from samstudio.sam.models import load_model

PAGE = """<!doctype html><style>body { margin: 0 }</style>
<canvas width="1100" height="825"></canvas>
<script>
const canvas = document.querySelector("canvas");
const context = canvas.getContext("2d");
const picture = new Image();
picture.src = "/picture";
let scale = 1;
let start = null;
const draw = (mask) => {
  context.drawImage(picture, 0, 0, canvas.width, picture.height * scale);
  if (mask) context.drawImage(mask, 0, 0, canvas.width, picture.height * scale);
};
picture.onload = () => {
  scale = canvas.width / picture.width;
  draw(null);
  document.title = "ready";
};
canvas.onpointerdown = (event) => { start = [event.offsetX, event.offsetY]; };
canvas.onpointerup = async (event) => {
  const box = [...start, event.offsetX, event.offsetY].map((side) => side / scale);
  const reply = await (await fetch("/predict", { method: "POST", body: JSON.stringify(box) })).json();
  const mask = new Image();
  mask.src = "data:image/png;base64," + reply.png;
  await mask.decode();
  await new Promise(requestAnimationFrame);
  draw(mask);
  await new Promise(requestAnimationFrame);
  window.shown = performance.now() - event.timeStamp;
};
</script>"""


class Peer:
    """A small server of its own and a page on it; a context manager."""

    def __init__(self, browser: Browser, scenes: list[Scene]) -> None:
        settings = Settings()
        model = load_model(
            name="vit_t", weights_dir=settings.weights_dir, device="cpu", threads=settings.threads
        )
        self._stock = Stock(model.stock, settings.weights_dir / "encoder.onnx")
        self._encoder = model.encoder
        self._kept = [(scene, self._encoder.encode(scene.pixels)) for scene in scenes]
        self._now = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self._page: Page = browser.new_page(viewport=ROOM)

    def __enter__(self) -> Peer:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._page.close()
        self._server.shutdown()
        self._server.server_close()

    def open(self, index: int) -> None:
        """Show one of the scenes."""
        self._now = index
        self._page.goto(f"http://127.0.0.1:{self._server.server_port}/")
        self._page.wait_for_function("document.title === 'ready'")

    def box(self, box: tuple[int, int, int, int]) -> float:
        """Drag a box; milliseconds from the mouse's release until the mask is on screen."""
        page = self._page
        page.bring_to_front()
        scale = 1100 / self._kept[self._now][0].pixels.shape[1]
        start: Point = (box[0] * scale, box[1] * scale)
        end: Point = (box[2] * scale, box[3] * scale)
        page.evaluate("() => { window.shown = null; }")
        page.mouse.move(*start)
        page.mouse.down()
        page.mouse.move(*end, steps=5)
        page.mouse.up()
        page.wait_for_function("window.shown !== null")
        return float(page.evaluate("() => window.shown"))

    def predict(self, box: list[float]) -> dict[str, str]:
        """Return the mask in a box, as a picture of the whole image."""
        embedding: Embedding = self._kept[self._now][1]
        features = torch.from_numpy(embedding.features[None]).float()
        masks, _, _ = self._stock.predict(embedding, features, [tuple(box)])  # type: ignore[list-item]
        pixels = np.zeros((*masks.shape[-2:], 4), dtype=np.uint8)
        pixels[masks[0, 0]] = (30, 144, 255, 150)
        out = io.BytesIO()
        Image.fromarray(pixels).save(out, format="PNG")
        return {"png": base64.b64encode(out.getvalue()).decode()}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        peer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/picture":
                    self._answer("image/jpeg", peer._kept[peer._now][0].jpeg)
                else:
                    self._answer("text/html", PAGE.encode())

            def do_POST(self) -> None:
                box = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self._answer("application/json", json.dumps(peer.predict(box)).encode())

            def _answer(self, kind: str, body: bytes) -> None:
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Cache-Control", "no-store")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Nothing: the table is the output."""

        return Handler
