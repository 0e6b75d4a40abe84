"""Ids are hashes of pixels, and datasets hold them: a file that was read once is read the same for ever."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from samstudio.services.images.decoding import decode_image, pixels_id
from tests.unit.services.pictures import colours, encoded, png16, tiff

KNOWN = json.loads((Path(__file__).parent / "known_ids.json").read_text(encoding="utf-8"))
RAMP = np.linspace(1000, 5000, 24 * 36).reshape(24, 36)


def files() -> dict[str, bytes]:
    """Lossless files of many kinds, made on the spot."""
    rgb = colours()
    grey, rgba = rgb[..., 0], np.dstack([rgb, rgb[..., 1]])
    deep = rgb.astype(np.uint16) * 200 + 7
    palette = Image.fromarray(rgb).quantize(16)
    made = {
        "png rgb": encoded(rgb, "PNG"),
        "png grey": encoded(grey, "PNG"),
        "png rgba": encoded(rgba, "PNG"),
        "png grey alpha": encoded(Image.fromarray(grey).convert("LA"), "PNG"),
        "png grey alpha varied": encoded(
            Image.merge("LA", [Image.fromarray(grey), Image.fromarray(rgb[..., 1])]), "PNG"
        ),
        "png alpha 100": encoded(np.dstack([rgb, np.full((24, 36), 100, np.uint8)]), "PNG"),
        "png palette": encoded(palette, "PNG"),
        "png palette transparent": encoded(palette, "PNG", transparency=3),
        "png one bit": encoded(Image.fromarray(grey > 128), "PNG"),
        "png grey 16": png16(deep[..., 0]),
        "png rgb 16": png16(deep),
        "png rgba 16": png16(np.dstack([deep, deep[..., 0]])),
        "png grey alpha 16": png16(deep[..., :2]),
        "webp": encoded(rgb, "WEBP", lossless=True),
        "webp alpha": encoded(rgba, "WEBP", lossless=True, exact=True),
        "bmp": encoded(rgb, "BMP"),
        "bmp palette": encoded(palette, "BMP"),
        "tiff rgb": encoded(rgb, "TIFF"),
        "tiff grey": encoded(grey, "TIFF"),
        "tiff rgba": encoded(rgba, "TIFF"),
        "tiff palette": encoded(palette, "TIFF"),
        "tiff one bit": encoded(Image.fromarray(grey > 128), "TIFF"),
        "tiff group4": encoded(Image.fromarray(grey > 128), "TIFF", compression="group4"),
        "tiff lzw": encoded(rgb, "TIFF", compression="tiff_lzw"),
        "tiff cmyk": encoded(Image.fromarray(rgba, "CMYK"), "TIFF"),
        "tiff white is zero": tiff(grey, photometric="miniswhite"),
        "tiff planar": tiff(np.moveaxis(rgb, -1, 0).copy(), photometric="rgb", planarconfig="separate"),
        "tiff rgba 16": tiff(np.dstack([deep, deep[..., 0]]), photometric="rgb"),
        "tiff rgb 16": tiff(deep, photometric="rgb"),
        "tiff three of 16": tiff(deep, photometric="minisblack", planarconfig="contig"),
        "tiff white is zero 16": tiff(deep[..., 0], photometric="miniswhite"),
        "tiff zlib 16": tiff(deep, photometric="rgb", compression="zlib", predictor=True),
        "tiff sparse 16": tiff((RAMP > 4990).astype(np.uint16)),
        "tiff constant 16": tiff(np.full((24, 36), 7, np.uint16)),
        "tiff turned 16": tiff(deep[..., 0], extratags=[(274, "H", 1, 6, True)]),
    }
    for dtype in ("int8", "int16", "uint32", "int32", "float32", "float64", "float16"):
        made[f"tiff {dtype}"] = tiff((RAMP / 40 if dtype == "int8" else RAMP).astype(dtype))
        made[f"tiff white is zero {dtype}"] = tiff(
            (RAMP / 40 if dtype == "int8" else RAMP).astype(dtype), photometric="miniswhite"
        )
    for orientation in range(1, 9):
        image = Image.fromarray(rgb)
        image.getexif()[0x0112] = orientation
        made[f"png turned {orientation}"] = encoded(image, "PNG", exif=image.getexif())
    with_nan = RAMP.astype(np.float32)
    with_nan[0, :3] = (np.nan, np.inf, -np.inf)
    made["tiff nan"] = tiff(with_nan)
    return made


FILES = files()


def test_every_case_is_known():
    assert set(FILES) == set(KNOWN)


@pytest.mark.parametrize("case", sorted(KNOWN))
def test_the_id_is_what_it_was(case):
    pixels = decode_image(FILES[case], filename=case, max_pixels=10**6).pixels
    assert pixels_id(pixels) == KNOWN[case]


def test_the_first_page_of_a_stack_is_what_it_was():
    pages = [Image.fromarray(colours(seed=seed)) for seed in range(3)]
    for kind in ("TIFF", "PNG"):
        buffer = BytesIO()
        pages[0].save(buffer, kind, save_all=True, append_images=pages[1:])
        decoded = decode_image(buffer.getvalue(), filename="a", max_pixels=10**6)
        assert pixels_id(decoded.pixels) == KNOWN["png rgb"]
