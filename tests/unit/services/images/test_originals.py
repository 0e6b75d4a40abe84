import hashlib
import threading

import numpy as np
import pytest
import tifffile
from PIL import Image
from sqlalchemy import event, update

from samstudio.db.tables import ImageRow
from samstudio.domain import NotFound, Unavailable
from tests.unit.services.pictures import colours, encoded, png16, tiff

PIXELS = colours()
DEEP = (PIXELS[..., 0].astype(np.uint16)) * 200 + 7


def files(images):
    return sorted(p for p in images._folder.rglob("*") if p.is_file())


def add(images, data, name="a.tif"):
    return images.add(data, filename=name).image.id


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (encoded(PIXELS, "JPEG"), "a.jpg"),
        (encoded(PIXELS, "PNG"), "a.png"),
        (encoded(PIXELS, "BMP"), "a.bmp"),
        (encoded(np.dstack([PIXELS, np.full((24, 36), 100, np.uint8)]), "PNG"), "a.png"),
        (png16(DEEP), "a.png"),
        (tiff(DEEP), "a.tif"),
        (tiff(PIXELS, photometric="rgb"), "a.tif"),
    ],
)
def test_every_original_is_kept_byte_for_byte(images, data, name):
    image_id = add(images, data, name)
    path = images.original(image_id)
    assert path.read_bytes() == data
    assert path.suffix == "." + name.split(".")[1]
    assert set(files(images)) == {path, images.path(image_id)}
    assert images.stored_bytes() == sum(each.stat().st_size for each in files(images))


def test_an_original_beside_is_named_by_its_bytes(images):
    data = tiff(DEEP)
    digest = hashlib.sha256(data).hexdigest()
    path = images.original(add(images, data))
    assert path.relative_to(images._folder).as_posix() == f"originals/{digest[:2]}/{digest}.tif"


@pytest.mark.parametrize("dtype", ["uint16", "int16", "float32", "uint32"])
def test_original_values_are_those_of_the_file(images, dtype):
    values = DEEP.astype(dtype)
    got = images.original_values(add(images, tiff(values, photometric="miniswhite")))
    assert got.dtype == values.dtype
    assert np.array_equal(got, values)


def test_original_values_of_colours_alpha_and_palettes(images):
    rgb16 = PIXELS.astype(np.uint16) * 257
    rgba16 = np.dstack([rgb16, np.full((24, 36), 9000, np.uint16)])
    assert np.array_equal(images.original_values(add(images, png16(rgb16))), rgb16)
    assert np.array_equal(images.original_values(add(images, png16(rgba16))), rgb16)
    assert np.array_equal(
        images.original_values(add(images, encoded(colours(seed=1), "BMP"))), colours(seed=1)
    )
    grey = images.original_values(add(images, encoded(PIXELS[..., 1], "PNG")))
    assert (grey.shape, grey.dtype) == ((24, 36), np.uint8)
    palette = Image.fromarray(PIXELS).quantize(16)
    values = images.original_values(add(images, encoded(palette, "PNG")))
    assert np.array_equal(values, np.asarray(palette.convert("RGB")))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_original_values_are_upright_as_the_pixels(images, orientation):
    deep = add(images, tiff(DEEP, extratags=[(274, "H", 1, orientation, True)]))
    assert images.original_values(deep).shape == images.pixels(deep).shape[:2]
    image = Image.fromarray(PIXELS)
    image.getexif()[0x0112] = orientation
    plain = add(images, encoded(image, "PNG", exif=image.getexif()))
    assert np.array_equal(images.original_values(plain), images.pixels(plain))


def test_images_of_one_file_share_the_original_until_the_last_is_gone(images, database):
    one, other = add(images, tiff(DEEP)), add(images, tiff(DEEP[:, ::-1]))
    shared = images.original(one)
    with database.write() as session:
        relative = shared.relative_to(images._folder).as_posix()
        session.execute(update(ImageRow).where(ImageRow.id == other).values(original_file=relative))
    images.delete(one)
    assert shared.is_file()
    images.delete(other)
    assert not shared.exists()


def test_an_image_of_before_has_the_stored_file(images, database):
    image_id = add(images, encoded(PIXELS, "PNG"), "a.png")
    with database.write() as session:
        session.execute(update(ImageRow).values(original_file=None, original_sha256=None))
    assert images.original(image_id) == images.path(image_id)
    assert np.array_equal(images.original_values(image_id), PIXELS)


def test_a_lost_original_is_said_plainly(images):
    image_id = add(images, tiff(DEEP))
    images.original(image_id).unlink()
    with pytest.raises(Unavailable, match=r"the original file of a.tif cannot be read"):
        images.original_values(image_id)
    with pytest.raises(NotFound):
        images.original("0" * 64)


def test_a_failure_leaves_no_original(images, database):
    def fail(*_args):
        raise OSError("disk full")

    event.listen(database._engine, "commit", fail)
    with pytest.raises(OSError, match="disk full"):
        add(images, tiff(DEEP))
    event.remove(database._engine, "commit", fail)
    assert files(images) == []


def test_many_at_once_keep_one_original(images):
    data = tiff(DEEP)
    threads = [threading.Thread(target=add, args=(images, data)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(files(images)) == 2
    with tifffile.TiffFile(images.original(images.list()[0].id)) as file:
        assert np.array_equal(file.asarray(), DEEP)
