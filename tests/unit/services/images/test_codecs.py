"""What cannot be read says what it is: a codec, a kind of file, a missing end; damage only where it is."""

import struct
import time
from io import BytesIO

import imagecodecs
import numpy as np
import pytest
import tifffile
from PIL import Image

from samstudio.domain import InvalidInput
from samstudio.services.images.decoding import decode_image, original_values, read_pages
from samstudio.services.images.readers.codestreams import embedded_size
from tests.unit.services.pictures import colours, encoded, tiff

RGB = colours(64, 96)
DEEP = RGB.astype(np.uint16) * 200 + 7


def decode(data, filename="f"):
    return decode_image(data, filename=filename, max_pixels=10**6)


@pytest.mark.parametrize(
    "compression",
    [
        "zstd",
        "lzw",
        "zlib",
        "lzma",
        "packbits",
        "jpeg2000",
        "jpegxr",
        "jpegxl",
        "webp",
        "lerc",
        "png",
        "deflate",
    ],
)
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_tiffs_of_many_codecs(compression, dtype):
    values = RGB if dtype == "uint8" else DEEP
    if compression in ("webp", "jpegxr") and dtype == "uint16":
        return
    options = {"compressionargs": {"lossless": True}} if compression == "webp" else {}
    data = tiff(values, photometric="rgb", compression=compression, **options)
    assert np.array_equal(original_values(data, filename="f"), values)
    assert np.array_equal(decode(data).pixels, decode(tiff(values, photometric="rgb")).pixels)


def patched(data, tag, value):
    """The same TIFF with another value in a SHORT tag."""
    changed = bytearray(data)
    with tifffile.TiffFile(BytesIO(data)) as file:
        offset = file.pages[0].tags[tag].valueoffset
    changed[offset : offset + 2] = struct.pack("<H", value)
    return bytes(changed)


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize(
    ("method", "name"),
    [(32809, "THUNDERSCAN"), (32908, "PIXARFILM"), (12345, "TIFF's method 12345"), (34661, "JBIG")],
)
def test_an_unknown_codec_is_named_and_is_not_damage(dtype, method, name):
    data = patched(tiff(RGB.astype(dtype)[..., 0]), "Compression", method)
    with pytest.raises(InvalidInput) as raised:
        decode(data, "z.tif")
    assert str(raised.value) == (
        f"z.tif is compressed with {name}, which cannot be read; "
        "save it without compression, or with LZW or Deflate (ZIP)"
    )


@pytest.mark.parametrize("compression", [None, "zlib", "zstd", "lzw"])
@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
def test_a_truncated_tiff_says_both_numbers(compression, dtype):
    data = tiff(RGB.astype(dtype), photometric="rgb", compression=compression)
    with pytest.raises(InvalidInput) as raised:
        decode(data[: len(data) - 500], "t.tif")
    assert str(raised.value) == (
        f"t.tif is truncated: its header speaks of {len(data):,} bytes, "
        f"and the file has {len(data) - 500:,}; save or copy it again"
    )


@pytest.mark.parametrize("compression", ["zlib", "zstd"])
def test_damaged_data_is_called_damaged(compression):
    data = bytearray(tiff(DEEP, photometric="rgb", compression=compression))
    with tifffile.TiffFile(BytesIO(bytes(data))) as file:
        start = file.pages[0].dataoffsets[0]
    data[start : start + 64] = bytes(64)
    with pytest.raises(InvalidInput, match=r"^t.tif cannot be read: its \w+ data is damaged"):
        decode(bytes(data), "t.tif")


def test_gif_comes_in():
    image = Image.fromarray(RGB).quantize(64)
    assert np.array_equal(decode(encoded(image, "GIF")).pixels, np.asarray(image.convert("RGB")))


@pytest.mark.parametrize("channels", [1, 3])
def test_jpeg_2000_of_8_and_of_16_bits(channels):
    for values in (RGB, DEEP):
        values = values[..., 0] if channels == 1 else values
        for codec in ("jp2", "j2k"):
            data = imagecodecs.jpeg2k_encode(values, level=0, codecformat=codec, reversible=True)
            assert np.array_equal(original_values(data, filename="f"), values)
            plain = tiff(values, photometric="minisblack" if channels == 1 else "rgb")
            assert np.array_equal(decode(data).pixels, decode(plain).pixels)
            assert decode(data).source_format == "JPEG 2000"


def test_avif_and_heic_come_in():
    smooth = np.repeat(np.linspace(0, 250, 96).astype(np.uint8)[None, :, None], 64, axis=0).repeat(3, 2)
    avif = decode(encoded(smooth, "AVIF", quality=95))
    assert (avif.source_format, avif.keep_suffix) == ("AVIF", None)
    assert np.abs(avif.pixels.astype(int) - smooth).max() < 12
    heic = decode(heic_bytes(smooth))
    assert (heic.source_format, heic.keep_suffix) == ("HEIC", None)
    assert np.abs(heic.pixels.astype(int) - smooth).max() < 12


def heic_bytes(values):
    import pillow_heif

    buffer = BytesIO()
    pillow_heif.from_pillow(Image.fromarray(values)).save(buffer, quality=95)
    return buffer.getvalue()


def test_a_lossless_jpeg_of_16_bits_comes_in():
    values = DEEP[..., 0]
    data = imagecodecs.ljpeg_encode(values)
    assert np.array_equal(original_values(data, filename="f"), values)
    assert np.array_equal(decode(data).pixels, decode(tiff(values)).pixels)


def test_a_jpeg_that_cannot_be_read_says_of_which_kind_it_is():
    data = bytearray(imagecodecs.ljpeg_encode(DEEP[..., 0]))
    with pytest.raises(InvalidInput, match=r"^l.jpg is truncated: a part of it is missing"):
        decode(bytes(data[: len(data) // 3]), "l.jpg")
    data[data.index(b"\xff\xc3") + 1] = 0xCB  # arithmetic coding
    with pytest.raises(InvalidInput, match=r"^l.jpg is a lossless JPEG of 16 bits a channel, which cannot"):
        decode(bytes(data), "l.jpg")


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"%PDF-1.7", "a PDF"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"\n<html>", "a web page"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid",
            "a pointer of Git LFS to a file that was not fetched",
        ),
        (b"8BPS\0\1", "a Photoshop file"),
        (b"\xff\x0a" + bytes(20), "a JPEG XL image"),
        (b"SIMPLE  =                    T", "a FITS image"),
        (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
        (b"v/1\x01" + bytes(20), "an OpenEXR image"),
        (b"ZISRAWFILE" + bytes(20), "a Zeiss CZI file"),
        (b"\0\0\0\x18ftypisom" + bytes(20), "a video"),
        (b"\x1aE\xdf\xa3" + bytes(20), "a video"),
        (b"II\xbc\x01" + bytes(20), "a JPEG XR image"),
        (b"\x1f\x8b\x08" + bytes(20), "a gzip archive"),
    ],
)
def test_other_kinds_are_named(data, what):
    with pytest.raises(InvalidInput, match=rf"^x is {what}, which cannot be read; JPEG, PNG, WebP"):
        decode(data, "x")


def test_a_bmp_of_a_rare_compression_is_not_called_damaged():
    data = bytearray(encoded(RGB, "BMP"))
    data[30:34] = (4).to_bytes(4, "little")  # BI_JPEG
    with pytest.raises(InvalidInput, match=r"^b.bmp is a BMP of a kind that cannot be read \(.*compression"):
        decode(bytes(data), "b.bmp")


def test_a_size_is_checked_before_pixels_are_decompressed():
    """Every kind: its header's size is compared with the limit."""
    made = {
        "PNG": encoded(RGB, "PNG"),
        "GIF": encoded(Image.fromarray(RGB).quantize(8), "GIF"),
        "JPEG 2000": imagecodecs.jpeg2k_encode(RGB),
        "JPEG": imagecodecs.ljpeg_encode(DEEP[..., 0]),
        "AVIF": encoded(RGB, "AVIF"),
        "HEIC": heic_bytes(RGB),
        "TIFF": tiff(DEEP, compression="zstd", photometric="rgb"),
    }
    for kind, data in made.items():
        with pytest.raises(InvalidInput, match=r"^f is 96x64 pixels .*the limit is 0.005"):
            read_pages(data, filename="f", max_pixels=5000)
        assert decode(data).source_format == kind


def test_a_picture_of_very_many_channels_counts_all_of_them():
    values = np.zeros((64, 96, 40), np.uint8)
    data = tiff(values, photometric="minisblack", planarconfig="contig")
    with pytest.raises(InvalidInput, match=r"^f has 40 channels of 96x64 pixels; the limit is"):
        read_pages(data, filename="f", max_pixels=60_000)
    assert decode(data).pixels.shape == (64, 96, 3)


def test_a_hostile_tile_is_refused():
    data = bytearray(tiff(DEEP, photometric="rgb", tile=(16, 16), compression="zlib"))
    with tifffile.TiffFile(BytesIO(bytes(data))) as file:
        for name in ("TileWidth", "TileLength"):
            offset = file.pages[0].tags[name].valueoffset
            data[offset : offset + 2] = struct.pack("<H", 65520)
    with pytest.raises(InvalidInput, match=r"^f "):
        decode(bytes(data))


def lying(data, at, where, form=">HH"):
    """The same bytes, but a frame header that says 60000x60000."""
    changed = bytearray(data)
    struct.pack_into(form, changed, data.index(at) + where, 60000, 60000)
    return bytes(changed)


GREY = RGB[..., 0].copy()


@pytest.mark.parametrize(
    ("compression", "at", "where", "form"),
    [
        ("jpeg", b"\xff\xc0", 5, ">HH"),
        ("jpeg2000", b"\xff\x4f\xff\x51", 8, ">II"),
        ("lerc", b"Lerc2 ", 14, "<ii"),
        ("png", b"\x89PNG", 16, ">II"),
    ],
)
def test_compressed_data_that_asks_for_gigabytes_is_not_decoded(compression, at, where, form):
    data = lying(tiff(GREY, compression=compression), at, where, form)
    started = time.perf_counter()
    with pytest.raises(InvalidInput, match=r"^f is 96x64 pixels by its header and 60000x60000 by its data"):
        decode(data)
    assert time.perf_counter() - started < 2


@pytest.mark.parametrize("size", [(64, 96), (8, 8), (256, 256), (300, 200), (1000, 1500), (2000, 30)])
def test_the_size_that_compressed_data_says(size):
    values = np.zeros(size, np.uint8)
    expected = size[::-1]
    assert embedded_size(imagecodecs.jpeg8_encode(values)) == expected
    assert embedded_size(imagecodecs.jpegls_encode(values)) == expected
    assert embedded_size(imagecodecs.ljpeg_encode(values.astype(np.uint16))) == expected
    assert embedded_size(imagecodecs.lerc_encode(values)) == expected
    assert embedded_size(imagecodecs.png_encode(values)) == expected
    for codec in ("jp2", "j2k"):
        assert embedded_size(imagecodecs.jpeg2k_encode(values, codecformat=codec)) == expected
    for container in (False, True):
        assert embedded_size(imagecodecs.jpegxl_encode(values, usecontainer=container)) == expected
    assert embedded_size(b"anything else") is None


def test_the_other_pictures_of_an_mpo_are_said():
    file = BytesIO()
    pictures = [Image.fromarray(colours(64, 96, seed=n)) for n in range(2)]
    pictures[0].save(file, "MPO", save_all=True, append_images=pictures[1:])
    assert decode(file.getvalue(), "a.jpg").notes == (
        "a.jpg holds 2 pictures (MPO): the first of them was taken",
    )
    assert decode(encoded(colours(64, 96), "JPEG"), "b.jpg").notes == ()


@pytest.mark.parametrize("value", [7, np.nan])
def test_a_picture_of_one_value_alone_is_said_to_be_one(value):
    file = BytesIO()
    tifffile.imwrite(file, np.full((8, 12), value, np.float32))
    assert any(
        "has one value at every pixel, or none" in note for note in decode(file.getvalue(), "a.tif").notes
    )
