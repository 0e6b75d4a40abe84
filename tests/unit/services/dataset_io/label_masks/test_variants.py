"""Masks as people have them, one row each: which objects are in them, and what is said."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image

from samstudio.domain import InvalidInput
from samstudio.masks import decode_rle
from samstudio.services.dataset_io.label_masks import objects_of_file, write_labels

SIZE = (80, 120)
VOC_COLOURS = {0: (0, 0, 0), 1: (128, 0, 0), 2: (0, 128, 0), 255: (224, 224, 192)}


def boxed(**boxes: object) -> np.ndarray:
    """Return zeros with rectangles: ``v7=(x0, y0, x1, y1)`` paints 7, in the given order."""
    values = np.zeros(SIZE, np.int64)
    for name, corners in boxes.items():
        x0, y0, x1, y1 = corners
        values[y0:y1, x0:x1] = int(name.strip("v_"))
    return values


ONE = boxed(v1=(20, 20, 40, 40)).astype(np.uint8)
TWO = boxed(v1=(20, 20, 40, 40), v2=(60, 30, 90, 60)).astype(np.uint8)
RIM = boxed(v255=(17, 17, 43, 43), v1=(20, 20, 40, 40)).astype(np.uint8)
INSIDE = ONE > 0
TRIMAP = np.select([ONE > 0, RIM > 0], [1, 3], 2).astype(np.uint8)


def png(values: np.ndarray, mode: str | None = None, **options: object) -> bytes:
    out = BytesIO()
    picture = Image.fromarray(values)
    (picture if mode is None else picture.convert(mode)).save(out, "PNG", **options)
    return out.getvalue()


def saved(values: np.ndarray, kind: str, **options: object) -> bytes:
    out = BytesIO()
    Image.fromarray(values).save(out, kind, **options)
    return out.getvalue()


def palette(values: np.ndarray, colours: dict[int, tuple[int, int, int]], **options: object) -> bytes:
    picture = Image.fromarray(values.astype(np.uint8)).convert("L")
    indexed = Image.frombytes("P", picture.size, picture.tobytes())
    table = np.full((256, 3), 90, np.uint8)
    for value, colour in colours.items():
        table[value] = colour
    indexed.putpalette(table.reshape(-1).tolist())
    out = BytesIO()
    indexed.save(out, "PNG", **options)
    return out.getvalue()


def tiff(values: np.ndarray, **options: object) -> bytes:
    out = BytesIO()
    tifffile.imwrite(out, values, **options)
    return out.getvalue()


def npy(values: np.ndarray) -> bytes:
    out = BytesIO()
    np.save(out, values)
    return out.getvalue()


def npz(**arrays: np.ndarray) -> bytes:
    out = BytesIO()
    np.savez_compressed(out, **arrays)
    return out.getvalue()


def smoothed(values: np.ndarray, times: int = 3) -> np.ndarray:
    small = cv2.resize(values, (SIZE[1] // times, SIZE[0] // times), interpolation=cv2.INTER_AREA)
    return cv2.resize(small, SIZE[::-1], interpolation=cv2.INTER_CUBIC)


def coloured(values: np.ndarray, *colours: tuple[int, ...]) -> np.ndarray:
    return np.array(colours, np.uint8)[values]


def tinted(values: np.ndarray) -> np.ndarray:
    """Greys as a PNG made of a lossy file has them: almost, and slightly coloured near edges."""
    noise = np.random.default_rng(0).integers(-6, 7, (*values.shape, 3))
    edge = cv2.dilate(values, np.ones((5, 5), np.uint8)) != cv2.erode(values, np.ones((5, 5), np.uint8))
    return np.clip(values[..., None] + np.where(edge[..., None], noise, 0), 0, 255).astype(np.uint8)


def through_jpeg(values: np.ndarray, quality: int = 70) -> np.ndarray:
    return np.asarray(Image.open(BytesIO(saved(values, "JPEG", quality=quality))))


RED, GREEN, BLACK, WHITE = (255, 0, 0), (0, 255, 0), (0, 0, 0), (255, 255, 255)
SEVERAL = boxed(v1=(5, 5, 25, 30), v2=(30, 5, 60, 35), v3=(70, 40, 110, 70)).astype(np.uint8)
PHOTO = np.random.default_rng(0).integers(0, 255, SIZE, np.uint8)
SCENE = cv2.GaussianBlur(np.random.default_rng(1).integers(0, 255, SIZE, np.uint8), (0, 0), 4) * 3

EXACT = {
    "8 bits": ("m.png", png(TWO), [TWO == 1, TWO == 2]),
    "1 bit": ("m.png", png(INSIDE), [INSIDE]),
    "16 bits": ("m.png", png(TWO.astype(np.uint16) * 1000), [TWO == 1, TWO == 2]),
    "0 and 255": ("m.png", png(ONE * 255), [INSIDE]),
    "0 and 65535": ("m.png", png(ONE.astype(np.uint16) * 65535), [INSIDE]),
    "even greys": ("m.png", png((SEVERAL * 85).astype(np.uint8)), [k == SEVERAL for k in (1, 2, 3)]),
    "128 and 255": ("m.png", png(np.array([0, 128, 255], np.uint8)[TWO]), [TWO == 1, TWO == 2]),
    "254 and 255": ("m.png", png(np.array([0, 254, 255], np.uint8)[TWO]), [TWO == 1, TWO == 2]),
    "void as a rim": ("m.png", png(RIM), [RIM == 1]),
    "void as a rim, 16 bits": (
        "m.tif",
        tiff(np.where(RIM == 255, 65535, RIM).astype(np.uint16)),
        [RIM == 1],
    ),
    "void around a crack": (
        "m.png",
        png(boxed(v255=(8, 38, 112, 43), v1=(10, 40, 110, 41)).astype(np.uint8)),
        [boxed(v1=(10, 40, 110, 41)) > 0],
    ),
    "void by VOC's palette": (
        "m.png",
        palette(np.where(TWO == 2, 255, TWO), VOC_COLOURS),
        [TWO == 1],
    ),
    "void as a negative value": ("m.npy", npy(np.where(TWO == 2, -1, TWO.astype(int))), [TWO == 1]),
    "none": ("m.png", png(ONE * 0), []),
    "palette, black 0": ("m.png", palette(TWO, {0: BLACK, 1: RED, 2: GREEN}), [TWO == 1, TWO == 2]),
    "palette, black 1": ("m.png", palette(1 - ONE, {0: RED, 1: BLACK}), [INSIDE]),
    "palette, clear 2": (
        "m.png",
        palette(np.where(ONE, 1, 2), {1: BLACK, 2: WHITE}, transparency=2),
        [INSIDE],
    ),
    "palette of one colour": ("m.png", palette(TWO, {}), [TWO == 1, TWO == 2]),
    "grey saved as RGB": ("m.png", png(np.stack([TWO] * 3, -1)), [TWO == 1, TWO == 2]),
    "grey saved as RGBA": ("m.png", png(np.dstack([TWO * 100] * 3 + [TWO * 0 + 255])), [TWO == 1, TWO == 2]),
    "grey with alpha": ("m.png", png(np.dstack([ONE * 0 + 9, ONE * 255])), [INSIDE]),
    "colours": ("m.png", png(coloured(TWO, BLACK, RED, GREEN)), [TWO == 2, TWO == 1]),
    "colours and alpha": (
        "m.png",
        png(coloured(TWO, (*WHITE, 0), (*RED, 255), (*GREEN, 255))),
        [TWO == 2, TWO == 1],
    ),
    "colours and VOC's border": ("m.png", png(coloured(TWO, BLACK, RED, (224, 224, 192))), [TWO == 1]),
    "cut out, one colour": ("m.png", png(coloured(ONE, (*RED, 0), (*RED, 255))), [INSIDE]),
    "BMP": ("m.bmp", saved(TWO, "BMP"), [TWO == 1, TWO == 2]),
    "GIF": ("m.gif", saved(ONE * 255, "GIF"), [INSIDE]),
    "WebP, lossless": (
        "m.webp",
        saved(coloured(TWO, BLACK, RED, GREEN), "WEBP", lossless=True),
        [TWO == 2, TWO == 1],
    ),
    "TIFF": ("m.tif", tiff(TWO.astype(np.uint16)), [TWO == 1, TWO == 2]),
    "TIFF, 32 bits": ("m.tif", tiff(TWO.astype(np.int32) * 100000), [TWO == 1, TWO == 2]),
    "TIFF, floats": ("m.tif", tiff(TWO.astype(np.float32)), [TWO == 1, TWO == 2]),
    "TIFF, white is zero": ("m.tif", tiff(TWO, photometric="miniswhite"), [TWO == 1, TWO == 2]),
    "TIFF, compressed": ("m.tif", saved(TWO, "TIFF", compression="tiff_lzw"), [TWO == 1, TWO == 2]),
    "TIFF, a stack": (
        "m.tif",
        tiff(np.stack([TWO == 1, TWO == 2]).astype(np.uint8) * 255),
        [TWO == 1, TWO == 2],
    ),
    "NumPy": ("m.npy", npy(TWO.astype(np.int64)), [TWO == 1, TWO == 2]),
    "NumPy, bool": ("m.npy", npy(INSIDE), [INSIDE]),
    "NumPy, columns first": ("m.npy", npy(np.asfortranarray(TWO)), [TWO == 1, TWO == 2]),
    "NumPy, a stack that overlaps": ("m.npy", npy(np.stack([TWO > 0, TWO == 1])), [TWO > 0, TWO == 1]),
    "NumPy, one channel": ("m.npy", npy(TWO[None, ..., None]), [TWO == 1, TWO == 2]),
    "npz": ("m.npz", npz(arr=TWO), [TWO == 1, TWO == 2]),
    "npz of several": ("m.npz", npz(image=PHOTO, masks=TWO), [TWO == 1, TWO == 2]),
    "cracks of one pixel": (
        "m.png",
        png(boxed(v1=(10, 40, 110, 41), v2=(60, 10, 61, 70)).astype(np.uint8)),
        [(boxed(v1=(10, 40, 110, 41), v2=(60, 10, 61, 70)) == k) for k in (1, 2)],
    ),
    "named wrongly": ("m.png", tiff(TWO), [TWO == 1, TWO == 2]),
}


def read(tmp_path: Path, name: str, data: bytes):
    path = tmp_path / name
    path.write_bytes(data)
    return objects_of_file(path, size=SIZE)


@pytest.mark.parametrize(("name", "data", "expected"), EXACT.values(), ids=EXACT)
def test_what_a_mask_says_is_taken_without_doubt(tmp_path, name, data, expected):
    found = read(tmp_path, name, data)
    assert [each.doubt for each in found.objects] == [""] * len(expected)
    for each, mask in zip(found.objects, expected, strict=True):
        assert np.array_equal(decode_rle(each.rle), mask)


NOTES = {
    "void as a rim": "value 255 is no object: it is a rim around objects, as VOC's border is",
    "void by VOC's palette": "value 255 is no object: it has the colour of VOC's border",
    "void as a negative value": "value -1 is no object: it is negative",
    "colours and VOC's border": "the colour #e0e0c0 is no object: it is that of VOC's border",
}


@pytest.mark.parametrize("row", NOTES)
def test_what_is_left_out_of_a_mask_is_said(tmp_path, row):
    assert read(tmp_path, *EXACT[row][:2]).notes == [NOTES[row]]


TWO_PARTS = boxed(v1=(5, 5, 25, 30), v_1=(30, 5, 60, 35)).astype(np.uint8)
CORE = boxed(v1=(23, 23, 37, 37)) > 0
DOUBTFUL = {
    "soft edges": ("m.png", png(smoothed(ONE * 255)), "of two values but of .* that shade into each other"),
    "blurred": ("m.png", png(cv2.GaussianBlur(ONE * 255, (0, 0), 2)), "that shade into each other"),
    "one step of grey": (
        "m.png",
        png(np.maximum(cv2.dilate(ONE, np.ones((3, 3))) * 128, ONE * 255).astype(np.uint8)),
        "it was cut at 127.5",
    ),
    "JPEG": ("m.jpg", saved(ONE * 255, "JPEG", quality=60), "that shade into each other: it was cut"),
    "PNG made of a JPEG": ("m.png", png(through_jpeg(ONE * 255)), "that shade into each other"),
    "WebP with losses": (
        "m.webp",
        saved(ONE * 255, "WEBP", quality=5),
        "that shade into each other",
    ),
    "PNG made of a WebP": (
        "m.png",
        png(tinted(ONE * 255)),
        "that shade into each other",
    ),
    "JPEG of colours": ("m.jpg", saved(np.dstack([ONE * 255] * 3), "JPEG"), "that shade into each other"),
    "probabilities": ("m.npy", npy(cv2.GaussianBlur(ONE.astype(np.float32), (0, 0), 2)), "it was cut at 0.5"),
    "soft alpha": (
        "m.png",
        png(np.dstack([PHOTO, PHOTO, PHOTO, smoothed(ONE * 255)])),
        "the colours of a picture: all that is not transparent",
    ),
    "inverted": ("m.png", png((1 - ONE) * 255), "its edge all around: the mask may be inverted"),
    "no zero": ("m.png", png(ONE + 1), "nothing says which value is the background: 1 was taken"),
    "trimap": (
        "m.png",
        png(
            (
                boxed(v3=(17, 17, 43, 43), v1=(20, 20, 40, 40)) + np.where(boxed(v1=(17, 17, 43, 43)), 0, 2)
            ).astype(np.uint8)
        ),
        "value 3 may be no object: it is a rim around others",
    ),
    "255 beside 1, apart": (
        "m.png",
        png(np.where(TWO == 2, 255, TWO)),
        "beside small values it often means undecided",
    ),
    "palette without black": (
        "m.png",
        palette(np.where(ONE, 0, 3), {0: RED, 3: WHITE}),
        "nothing says which value is the background: 3",
    ),
    "colours without black": ("m.png", png(coloured(TWO, WHITE, RED, GREEN)), "no pixel is black: #ffffff"),
    "smoothed colours": ("m.png", png(smoothed(coloured(TWO, BLACK, RED, GREEN))), "got the nearest of its"),
    "a speck": (
        "m.png",
        png(boxed(v1=(20, 20, 40, 40), v2=(70, 70, 71, 71)).astype(np.uint8)),
        "slip of the brush",
    ),
}


@pytest.mark.parametrize(("name", "data", "doubt"), DOUBTFUL.values(), ids=DOUBTFUL)
def test_what_is_likely_of_a_mask_is_taken_with_a_doubt(tmp_path, name, data, doubt):
    found = read(tmp_path, name, data)
    assert any(re.search(doubt, each.doubt) for each in found.objects), found.objects
    covered = np.any([decode_rle(each.rle) for each in found.objects], axis=0)
    if "inverted" not in doubt:
        assert covered[CORE].all()


REFUSED = {
    "photograph": ("m.png", png(PHOTO), "that shade into each other, and a mask has one value an object"),
    "scene": ("m.png", png(SCENE), "that shade into each other"),
    "photograph of colours": (
        "m.png",
        png(np.dstack([PHOTO, SCENE, PHOTO.T.reshape(SIZE)])),
        "it is a picture",
    ),
    "several values, smoothed": ("m.png", png(smoothed(SEVERAL * 80)), "that shade into each other"),
    "several values, JPEG": ("m.jpg", saved(SEVERAL * 80, "JPEG"), "saved as JPEG"),
    "numbers, JPEG": ("m.jpg", saved(SEVERAL, "JPEG", quality=40), "m.jpg"),
    "colours, WebP with losses": (
        "m.webp",
        saved(coloured(TWO, BLACK, RED, GREEN), "WEBP", quality=50),
        "a WebP file with losses",
    ),
    "colours, JPEG": ("m.jpg", saved(coloured(TWO, BLACK, RED, GREEN), "JPEG"), "is a JPEG of colours"),
    "full": ("m.png", png(ONE * 0 + 255), "has the value 255 at every pixel: nothing in it is background"),
    "clear": ("m.png", png(np.zeros((*SIZE, 4), np.uint8)), "is transparent at every pixel"),
    "heights": (
        "m.tif",
        tiff(np.random.default_rng(0).random(SIZE).astype(np.float32) * 9000),
        "broken numbers",
    ),
    "another size": (
        "m.png",
        png(ONE[:40]),
        "is 120x40 pixels but its image is 120x80: they must",
    ),
    "turned": ("m.png", png(np.ascontiguousarray(ONE.T)), "they lie on different sides"),
    "another size, NumPy": ("m.npy", npy(ONE[:40]), "120x40 pixels but its image is 120x80"),
    "several pages": ("m.tif", tiff(np.stack([TWO] * 5)), "is a stack of 3 values in page 1"),
    "pages of another size": (
        "m.tif",
        tiff(np.zeros((5, 9, 7), np.uint8)),
        "7x9 pixels but its image",
    ),
    "pickled": (
        "a_seg.npy",
        npy(np.array({"masks": TWO}, object)),
        "pickled .*cellpose's _seg.npy",
    ),
    "pickled in npz": ("m.npz", npz(masks=np.array({"a": 1}, object)), "pickled Python objects"),
    "npz of unknown arrays": ("m.npz", npz(x=TWO, y=TWO), "holds x, y: call the array of the mask masks"),
    "text in NumPy": ("m.npy", npy(np.full(SIZE, "a")), "a mask has numbers"),
    "empty file": ("m.png", b"", "mask m.png is an empty file"),
    "text": ("m.png", b"text", "not a file that masks are read from"),
    "cut PNG": ("m.png", png(PHOTO)[:3000], "truncated or damaged"),
    "cut NumPy": ("m.npy", npy(TWO)[:3000], "truncated: 6728 bytes are missing"),
    "cut npz": ("m.npz", npz(arr=PHOTO)[:3000], "m.npz"),
    "cut TIFF": ("m.tif", tiff(PHOTO)[:3000], "m.tif"),
    "header alone": ("m.npy", b"\x93NUMPY\x01\x00", "NumPy header that cannot be read"),
}


@pytest.mark.parametrize(("name", "data", "why"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_mask_is_refused_by_name(tmp_path, name, data, why):
    with pytest.raises(InvalidInput, match=why) as refused:
        read(tmp_path, name, data)
    assert str(refused.value).startswith(f"mask {name} ")


def test_hundreds_of_thousands_of_values_are_no_mask(tmp_path):
    path = tmp_path / "m.npy"
    np.save(path, np.arange(300 * 300, dtype=np.int32).reshape(300, 300))
    with pytest.raises(InvalidInput, match="has 90,000 different values, more than an image has objects"):
        objects_of_file(path, size=(300, 300))


def test_many_touching_objects_are_believed(tmp_path):
    values = np.kron(np.arange(1, 601, dtype=np.uint16).reshape(20, 30), np.ones((4, 4), np.uint16))
    values[:, :4] = 0
    path = tmp_path / "m.png"
    path.write_bytes(png(values))
    found = objects_of_file(path, size=SIZE)
    assert len(found.objects) == 580
    assert not any(each.doubt for each in found.objects)


def test_written_labels_are_read_back(tmp_path):
    labels = TWO.astype(np.uint16)
    labels[TWO == 2] = 65535
    write_labels(tmp_path / "m.png", labels)
    assert [each.name for each in objects_of_file(tmp_path / "m.png", size=SIZE).objects] == [
        "value 1",
        "value 65535",
    ]


def test_a_value_of_several_parts_is_one_object_or_several_as_asked(tmp_path):
    path = tmp_path / "m.png"
    path.write_bytes(png(TWO_PARTS * 255))
    whole = objects_of_file(path, size=SIZE)
    assert [each.name for each in whole.objects] == ["value 255"]
    assert [each.doubt for each in whole.objects] == ["it has 2 separate parts, and was taken as one object"]
    assert not whole.objects[0].unsure
    parts = objects_of_file(path, size=SIZE, split=True)
    assert [each.name for each in parts.objects] == ["value 255, part 1", "value 255, part 2"]
    assert not any(each.doubts for each in parts.objects)
    assert np.array_equal(sum(decode_rle(each.rle).astype(int) for each in parts.objects), TWO_PARTS)
