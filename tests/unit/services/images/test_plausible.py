"""What a file's channels and values mean is what the file says, and only as far as that is plausible."""

import numpy as np
import pytest
from PIL import Image

from samstudio.services.images import ReadOptions
from samstudio.services.images.decoding import decode_image, original_values, pixels_id
from samstudio.services.images.storing import png_bytes
from tests.unit.services.pictures import colours, encoded, png16, tiff

RGB = colours(80, 120)
DEEP = RGB.astype(np.uint16) * 200 + 7
RAMP = np.linspace(1000, 5000, 80 * 120).reshape(80, 120)


def decode(data):
    return decode_image(data, filename="f", max_pixels=10**6)


def with_alpha(kind, alpha):
    """The same colours with this alpha, as a file of each kind that can hold it."""
    layered = np.dstack([RGB, alpha.astype(np.uint8)])
    deep = np.dstack([DEEP, alpha.astype(np.uint16) * 257])
    return {
        "PNG": lambda: encoded(layered, "PNG"),
        "PNG 16": lambda: png16(deep),
        "WEBP": lambda: encoded(layered, "WEBP", lossless=True, exact=True),
        "TIFF": lambda: encoded(layered, "TIFF"),
        "TIFF 16": lambda: tiff(deep, photometric="rgb", extrasamples=["unassalpha"]),
        "TIFF zstd": lambda: tiff(
            layered, photometric="rgb", extrasamples=["unassalpha"], compression="zstd"
        ),
    }[kind]()


ALPHA_KINDS = ["PNG", "PNG 16", "WEBP", "TIFF", "TIFF 16", "TIFF zstd"]


@pytest.mark.parametrize("kind", ALPHA_KINDS)
@pytest.mark.parametrize("level", [0, 1, 12])
def test_a_picture_that_nobody_could_see_is_shown_without_its_transparency(kind, level):
    alpha = np.full((80, 120), level)
    alpha[3, 4] = 255  # one pixel of 9600
    decoded = decode(with_alpha(kind, alpha))
    opaque = decode(with_alpha(kind, np.full((80, 120), 255)))
    assert np.array_equal(decoded.pixels, opaque.pixels)
    assert decoded.notes == ("f is transparent in 99.99% of its pixels: its transparency is ignored",)
    assert decoded.reading["alpha"] == "ignored"


@pytest.mark.parametrize("kind", ALPHA_KINDS)
def test_two_transparent_pictures_stay_two(kind):
    none = np.zeros((80, 120))
    decoded = decode(with_alpha(kind, none))
    assert decoded.notes == ("f is transparent everywhere: its transparency is ignored",)
    assert decoded.pixels.std() > 10


@pytest.mark.parametrize("kind", ALPHA_KINDS)
def test_a_cut_out_object_is_shown_over_white(kind):
    alpha = np.zeros((80, 120))
    alpha[20:40, 30:60] = 255
    decoded = decode(with_alpha(kind, alpha))
    assert (decoded.pixels[:20] == 255).all()
    assert decoded.pixels[20:40, 30:60].std() > 10
    assert decoded.notes == ()


def test_a_palette_that_is_all_transparent():
    image = Image.fromarray(RGB).quantize(16)
    data = encoded(image, "PNG", transparency=bytes(16))
    assert np.array_equal(decode(data).pixels, np.asarray(image.convert("RGB")))


@pytest.mark.parametrize("compression", [None, "zlib", "lzw", "zstd"])
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize("planar", ["contig", "separate"])
def test_a_fourth_channel_is_transparency_only_where_the_file_says_so(compression, dtype, planar):
    infrared = np.zeros((80, 120), dtype)
    infrared[:40] = 90
    values = np.dstack([RGB.astype(dtype), infrared])
    if planar == "separate":
        values = np.moveaxis(values, -1, 0).copy()
    data = tiff(
        values,
        photometric="rgb",
        extrasamples=["unspecified"],
        planarconfig=planar,
        compression=compression,
    )
    decoded = decode(data)
    three = decode(tiff(RGB.astype(dtype), photometric="rgb"))
    assert np.array_equal(decoded.pixels, three.pixels)
    assert decoded.notes == ("f has 4 channels: the first three are shown as red, green and blue",)
    assert original_values(data, filename="f").shape == (80, 120, 4)


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
@pytest.mark.parametrize("count", [2, 4, 5, 12])
@pytest.mark.parametrize("planar", ["contig", "separate"])
def test_pictures_of_many_channels_are_composed(dtype, count, planar):
    values = np.stack([np.roll(RAMP, n * 7, axis=1) / (20 if dtype == "uint8" else 1) for n in range(count)])
    values = values.astype(dtype)
    stored = np.moveaxis(values, 0, -1).copy() if planar == "contig" else values
    data = tiff(stored, photometric="minisblack", planarconfig=planar)
    decoded = decode(data)
    assert decoded.pixels.shape == (80, 120, 3)
    assert decoded.reading["channels"] == list(range(1, min(count, 3) + 1))
    assert decoded.reading["of_channels"] == count
    assert f"f has {count} channels" in decoded.notes[0]
    assert original_values(data, filename="f").shape == (80, 120, count)
    assert len({decoded.pixels[..., n].tobytes() for n in range(3)}) == 3


@pytest.mark.parametrize("dtype", ["int16", "float32", "uint16"])
@pytest.mark.parametrize("nodata", ["-9999", "nan", "0", "-3.4028234663852886e+38", "none"])
def test_nodata_takes_no_part_in_the_contrast(dtype, nodata):
    values = RAMP.astype(dtype)
    plain = decode(tiff(values)).pixels
    value = {"nan": np.nan, "none": 0}.get(nodata, float(nodata) if nodata != "none" else 0)
    if dtype != "float32" and not (
        np.isfinite(value) and np.iinfo(dtype).min <= value <= np.iinfo(dtype).max
    ):
        return
    hole = values.copy()
    hole[30:60, 40:90] = value
    decoded = decode(tiff(hole, extratags=[(42113, "s", 0, nodata, True)]))
    if nodata == "none":
        return
    assert not decoded.pixels[30:60, 40:90].any()
    outside = np.ones((80, 120), bool)
    outside[30:60, 40:90] = False
    assert np.abs(decoded.pixels[outside].astype(int) - plain[outside]).max() <= 4


def test_nodata_in_8_bits_changes_nothing():
    assert np.array_equal(
        decode(tiff(RGB[..., 0], extratags=[(42113, "s", 0, "0", True)])).pixels[..., 0], RGB[..., 0]
    )


def test_white_is_zero_in_any_depth():
    for dtype in ("uint8", "uint16", "float32", "int32"):
        values = (RAMP / 20).astype(dtype)
        for compression in (None, "zstd"):
            pixels = decode(tiff(values, photometric="miniswhite", compression=compression)).pixels
            assert pixels[0, 0, 0] > pixels[-1, -1, 0]


@pytest.mark.parametrize("bits", [8, 16])
def test_palettes_of_tiff_whatever_the_codec(bits):
    palette = np.random.default_rng(1).integers(0, 65536, (3, 2**bits), dtype=np.uint16)
    values = (np.arange(80 * 120).reshape(80, 120) * 6 % 2**bits).astype(f"uint{bits}")
    for compression in (None, "zstd"):
        pixels = decode(tiff(values, photometric="palette", colormap=palette, compression=compression)).pixels
        expected = np.moveaxis(palette[:, values], 0, -1)
        assert np.abs(pixels.astype(float) - expected / 257).max() <= 1


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_cmyk(dtype):
    full = np.iinfo(dtype).max
    ink = np.zeros((8, 8, 4), dtype)
    ink[:4, :, 0] = full
    ink[4:, :, 3] = full
    for compression in (None, "zstd"):
        pixels = decode(tiff(ink, photometric="separated", compression=compression)).pixels
        assert pixels[0, 0].tolist() == [0, 255, 255]
        assert pixels[7, 7].tolist() == [0, 0, 0]


def test_few_bits_are_scaled_whatever_the_codec():
    values = (np.arange(80 * 120).reshape(80, 120) % 16).astype(np.uint8)
    data = tiff(values, bitspersample=4, compression=None)
    assert sorted(np.unique(decode(data).pixels)) == [n * 17 for n in range(16)]
    bits = values > 7
    for compression in (None, "zlib"):
        pixels = decode(tiff(bits, photometric="minisblack", compression=compression)).pixels
        assert np.array_equal(pixels[..., 0], bits * np.uint8(255))


def test_two_transparent_pictures_keep_their_own_masks(images):
    """Two pictures with alpha 0 everywhere were one white picture, with both masks."""
    none = np.zeros((80, 120), np.uint8)
    for seed in (1, 2):
        picture = np.dstack([colours(80, 120, seed=seed), none])
        added = images.add(encoded(picture, "PNG"), filename=f"t{seed}.png")
        assert added.created
        assert added.notes == (f"t{seed}.png is transparent everywhere: its transparency is ignored",)
        assert np.array_equal(images.pixels(added.image.id), colours(80, 120, seed=seed))


def test_notes_are_recorded(images):
    data = tiff(
        np.dstack([DEEP, DEEP[..., 0], DEEP[..., 1]]), photometric="minisblack", planarconfig="contig"
    )
    added = images.add(data, filename="five.tif")
    assert added.notes == ("five.tif has 5 channels: the first three are shown as red, green and blue",)
    assert images.reading(added.image.id)["notes"] == list(added.notes)
    again = images.add(data, filename="five.tif")
    assert (again.created, again.notes) == (False, added.notes)
    assert images.add(png_bytes(colours(seed=9)), filename="a.png").notes == ()


def test_the_original_of_an_image_of_before_is_kept_when_it_comes_again(images, database):
    from sqlalchemy import update

    from samstudio.db.tables import ImageRow

    data = tiff(DEEP[..., 0])
    image_id = images.add(data, filename="a.tif").image.id
    images.original(image_id).unlink()
    with database.write() as session:
        session.execute(update(ImageRow).values(original_file=None, original_sha256=None, reading=None))
    assert images.original_values(image_id).dtype == np.uint8
    assert not images.add(data, filename="a.tif").created
    assert images.original(image_id).read_bytes() == data
    assert np.array_equal(images.original_values(image_id), DEEP[..., 0])
    assert images.reading(image_id)["contrast"]


def test_pixels_do_not_depend_on_how_they_are_packed():
    """Tiled, striped, planar, BigTIFF, big-endian: the values are the same, so the id is."""
    same = [
        {},
        {"tile": (16, 16)},
        {"rowsperstrip": 7},
        {"byteorder": ">"},
        {"bigtiff": True},
        {"compression": "zstd", "predictor": True},
        {"compression": "lzw"},
        {"compression": "lzma"},
    ]
    assert len({pixels_id(decode(tiff(DEEP, photometric="rgb", **each)).pixels) for each in same}) == 1


def test_two_files_of_other_values_that_look_alike_are_said(images):
    """Contrast by percentiles shows x and 2x as the same pixels: one image, of which one original is kept."""
    first = images.add(tiff(DEEP[..., 0]), filename="one.tif")
    double = tiff(DEEP[..., 0].astype(np.uint32) * 2)
    said = ("two.tif looks exactly as one.tif, which is another file: only that one is kept",)
    assert images.identify(double, filename="two.tif").notes == said
    added = images.add(double, filename="two.tif")
    assert (added.created, added.image.id, added.notes) == (False, first.image.id, said)
    assert images.add(tiff(DEEP[..., 0]), filename="one.tif").notes == ()
    plain = images.add(encoded(RGB, "BMP"), filename="a.bmp")
    assert images.add(encoded(RGB, "PNG"), filename="a.png").image.id == plain.image.id
    assert images.add(encoded(RGB, "PNG"), filename="a.png").notes == ()
    fixed = images.add(double, filename="two.tif", options=ReadOptions.parsed(contrast="0:60000"))
    assert fixed.created
