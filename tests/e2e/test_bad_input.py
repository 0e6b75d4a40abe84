"""What cannot be used is named, with the reason; what can is kept. The real app, over an empty folder."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import expect

from tests.e2e.page import CANVAS, StudioPage
from tests.processes import App
from tests.synthetic import write_folder


def _huge_png(path: Path, side: int) -> Path:
    """A PNG whose header promises ``side`` x ``side`` pixels, in a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")
    )
    return path


def test_bad_files_are_named_and_good_ones_kept(
    real_app: App, visit: Callable[..., StudioPage], tmp_path: Path
) -> None:
    images, _ = write_folder(tmp_path / "good", count=1)
    good = images / "picture_00.png"
    text = tmp_path / "notes.png"
    text.write_text("this is not a picture")
    cut = tmp_path / "cut.jpg"
    Image.open(good).resize((400, 400)).save(cut, quality=95)
    cut.write_bytes(cut.read_bytes()[: cut.stat().st_size // 2])
    huge = _huge_png(tmp_path / "huge.png", 30_000)

    page = visit(real_app)
    page.upload(text, good, cut, huge)
    expect(page.notice).to_contain_text("1 of 4 images were added. These were not:")
    for path in (text, cut, huge):
        expect(page.notice.locator("li", has_text=path.name)).to_have_count(1)
    expect(page.thumbs).to_have_count(1)
    page.open()
    expect(page.thumbs).to_have_count(1)

    page.upload(good)
    expect(page.notice).to_contain_text("already here")

    page.open_image(good.name)
    page.page.wait_for_function(f"{CANVAS}.store.get('ready')", timeout=60_000)
    page.drag((50, 200), (90, 200))
    expect(page.notice).to_contain_text("has no area")
    page.drag((20, 20), (120, 120))
    expect(page.notice).to_be_hidden()

    page.tab("Fine-tune")
    expect(page.page.get_by_role("button", name="Fine-tune now")).to_be_disabled()
    expect(page.page.locator("#finetune")).to_contain_text("No accepted masks yet")
    assert real_app.process.poll() is None
