"""What cannot be used is named, with the reason; what can is kept. The real app, over an empty folder."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from samstudio.domain import NewAnnotation
from samstudio.masks import encode_rle
from tests.e2e.page import CANVAS, StudioPage
from tests.processes import App
from tests.synthetic import write_folder
from tests.unit.web.fakes import open_fake


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


@pytest.fixture
def half_damaged(tmp_path: Path) -> Iterator[tuple[App, int, int]]:
    """An app whose one image has an object with a damaged mask and a good one, and their ids."""
    images, _ = write_folder(tmp_path / "good", count=1)
    project = open_fake(tmp_path / "storage")
    image = project.images.add((images / "picture_00.png").read_bytes(), filename="a.png").image
    mask = encode_rle(np.ones(image.size, dtype=bool))
    damaged, good = (project.annotations.add(NewAnnotation(image.id, "cup", mask)).id for _ in range(2))
    project.damage(damaged)
    with App.of_module("tests.unit.web.fakes", str(tmp_path / "storage")) as app:
        yield app, damaged, good


def test_a_damaged_mask_is_named_and_the_other_is_shown(
    half_damaged: tuple[App, int, int], visit: Callable[..., StudioPage]
) -> None:
    app, damaged, good = half_damaged
    page = visit(app)
    page.open_image("a.png")
    expect(page.notice).to_contain_text("Not every object of this image can be shown:")
    expect(page.notice.locator("li")).to_contain_text(f"object {damaged} on a.png was left out")
    shown = page.page.evaluate(f"() => {CANVAS}.store.get('objects').map((one) => one.id)")
    assert shown == [good]
