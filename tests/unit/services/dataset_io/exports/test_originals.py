"""Files go out as they came in, byte for byte; where masks would not fit them, they go out beside."""

from __future__ import annotations

import csv
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from samstudio.domain import NewAnnotation
from samstudio.masks import encode_rle
from samstudio.services.dataset_io.exports import EXPORT_FORMATS
from samstudio.services.dataset_io.exports.pixel_size import PixelSizes
from tests.unit.services.pictures import colours, encoded, png16, tiff

FOLDERS = {"coco": "images", "yolo": "images", "voc": "JPEGImages", "masks": "images"}
GREY16 = np.random.default_rng(0).integers(0, 4095, (24, 36)).astype(np.uint16)


def turned() -> bytes:
    exif = Image.Exif()
    exif[274] = 6
    return encoded(colours(36, 24), "JPEG", exif=exif)


def animated() -> bytes:
    buffer = BytesIO()
    frames = [Image.fromarray(colours(seed=seed)) for seed in range(3)]
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:])
    return buffer.getvalue()


def add(dataset, name, data):
    image = dataset.images.add(data, filename=name).image
    mask = np.zeros(image.size, bool)
    mask[2:9, 3:9] = True
    dataset.annotations.add(NewAnnotation(image.id, "cup", encode_rle(mask)))
    return image


@pytest.mark.parametrize("format", FOLDERS)
@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("grey16.png", png16(GREY16)),
        ("grey16.tif", tiff(GREY16)),
        ("photo.jpg", encoded(colours(), "JPEG")),
        ("alpha.png", encoded(Image.fromarray(colours()).convert("RGBA"), "PNG")),
        ("print.jpg", encoded(Image.fromarray(colours()).convert("CMYK"), "JPEG")),
    ],
)
def test_an_original_goes_out_byte_for_byte(dataset, export, format, name, data):
    add(dataset, name, data)
    notes = export(format)
    found = [path for path in dataset.files() if path.startswith(f"{FOLDERS[format]}/")]
    assert [(dataset.out / path).read_bytes() for path in found] == [data]
    assert not [note for note in notes if "originals" in note]


def test_what_others_would_show_otherwise_goes_out_twice(dataset, export):
    data = turned()
    image = add(dataset, "turned.jpg", data)
    (note,) = export("coco")
    assert note.startswith("1 image was written as annotated and not as the file came in")
    assert (dataset.out / "originals" / "turned.jpg").read_bytes() == data
    with Image.open(dataset.out / "images" / "turned.png") as picture:
        assert picture.size == (image.width, image.height)
        assert np.array_equal(np.asarray(picture), dataset.images.pixels(image.id))


@pytest.mark.parametrize(
    ("name", "data"), [("moving.gif", animated()), ("still.gif", encoded(colours(), "GIF"))]
)
def test_what_others_do_not_read_goes_out_twice(dataset, export, name, data):
    add(dataset, name, data)
    assert len(export("yolo")) == 2
    assert (dataset.out / "originals" / name).read_bytes() == data
    (picture,) = (dataset.out / "images").iterdir()
    assert picture.suffix == ".png"


def test_pages_of_one_file_share_its_original(dataset, export):
    values = np.random.default_rng(0).integers(0, 4000, (3, 24, 36)).astype(np.uint16)
    data = tiff(values, photometric="minisblack")
    mask = np.zeros((24, 36), bool)
    mask[2:9, 3:9] = True
    for page in dataset.images.add_pages(data, filename="stack.tif"):
        dataset.annotations.add(NewAnnotation(page.image.id, "cup", encode_rle(mask)))
    export("coco")
    files = {path for path in dataset.files() if path.startswith(("images/", "originals/"))}
    assert files == {"images/stack#1.png", "images/stack#2.png", "images/stack#3.png", "originals/stack.tif"}
    assert (dataset.out / "originals" / "stack.tif").read_bytes() == data
    export("measurements", pixel_sizes=PixelSizes.parse(["stack.tif=2um", "stack.tif#3=4um"]))
    rows = list(csv.DictReader((dataset.out / "measurements.csv").read_text().splitlines()))
    assert [float(row["pixel_size"]) for row in rows] == [2, 2, 4]
    means = [float(row["intensity_mean_1"]) for row in rows]
    assert means == pytest.approx([page[mask].mean() for page in values])


@pytest.mark.parametrize("name", EXPORT_FORMATS.names())
def test_every_format_owns_the_originals_too(dataset, export, name):
    image = add(dataset, "turned.jpg", turned())
    dataset.add("a.png", "cup")
    export(name)
    dataset.images.delete(image.id, with_annotations=True)
    export(name)
    assert not [path for path in dataset.files() if "turned" in path]
