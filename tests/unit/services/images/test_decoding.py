import hashlib
import time
from io import BytesIO

import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from samstudio.domain import InvalidInput
from samstudio.services.images.decoding import decode_image, pixels_id
from tests.unit.services.pictures import colours, encoded, png, png16, tiff

PIXELS = colours()


def decode(data, filename="photo.png", max_pixels=10**6):
    return decode_image(data, filename=filename, max_pixels=max_pixels)


def test_pixels_id_is_the_documented_hash():
    assert pixels_id(PIXELS) == hashlib.sha256(b"24x36x3\n" + PIXELS.tobytes()).hexdigest()


def test_pixels_id_knows_the_shape_and_not_the_memory_order():
    assert pixels_id(PIXELS.reshape(36, 24, 3)) != pixels_id(PIXELS)
    assert pixels_id(np.asfortranarray(PIXELS)) == pixels_id(PIXELS)


@pytest.mark.parametrize(
    ("kind", "options", "keep"),
    [("PNG", {}, ".png"), ("WEBP", {"lossless": True}, ".webp"), ("BMP", {}, None), ("TIFF", {}, None)]
    + [("TIFF", {"compression": c}, None) for c in ("tiff_lzw", "tiff_deflate", "packbits")],
)
def test_lossless_formats_give_their_pixels(kind, options, keep):
    decoded = decode(encoded(PIXELS, kind, **options))
    assert np.array_equal(decoded.pixels, PIXELS)
    assert decoded.pixels.dtype == np.uint8
    assert (decoded.source_format, decoded.keep_suffix) == (kind, keep)


def test_jpeg_gives_what_pillow_gives_and_keeps_its_bytes():
    data = encoded(PIXELS, "JPEG")
    decoded = decode(data, "photo.jpg")
    assert np.array_equal(decoded.pixels, np.asarray(Image.open(BytesIO(data))))
    assert decoded.keep_suffix == ".jpg"


def test_grey_jpeg_becomes_rgb_and_keeps_its_bytes():
    decoded = decode(encoded(PIXELS[..., 0], "JPEG"))
    assert decoded.pixels.shape == (24, 36, 3)
    assert decoded.keep_suffix == ".jpg"


@pytest.mark.parametrize("orientation", range(2, 9))
@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
def test_exif_orientation_is_applied(orientation, kind):
    image = Image.fromarray(PIXELS)
    image.getexif()[0x0112] = orientation
    options = {"lossless": True} if kind == "WEBP" else {}
    if kind == "TIFF":
        data = encoded(image, kind, tiffinfo={0x0112: orientation})
    else:
        data = encoded(image, kind, exif=image.getexif(), **options)
    decoded = decode(data)
    assert np.array_equal(decoded.pixels, upright(PIXELS, orientation))
    assert decoded.keep_suffix is None


def upright(pixels, orientation):
    """EXIF's table, spelled out apart from the code under test."""
    turns = {
        2: lambda p: np.fliplr(p),
        3: lambda p: np.rot90(p, 2),
        4: lambda p: np.flipud(p),
        5: lambda p: p.transpose(1, 0, 2),
        6: lambda p: np.rot90(p, -1),
        7: lambda p: np.rot90(p, 2).transpose(1, 0, 2),
        8: lambda p: np.rot90(p, 1),
    }
    return turns[orientation](pixels)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_deep_pictures_are_oriented_too(orientation):
    values = PIXELS.astype(np.uint16) * 257
    plain = decode(tiff(values, photometric="rgb")).pixels
    turned = decode(tiff(values, photometric="rgb", extratags=[(274, "H", 1, orientation, True)])).pixels
    assert np.array_equal(turned, plain if orientation == 1 else upright(plain, orientation))


def test_damaged_exif_is_ignored():
    data = encoded(PIXELS, "PNG", exif=b"Exif\0\0II*\0garbage that is no directory")
    assert np.array_equal(decode(data).pixels, PIXELS)


def test_alpha_is_painted_over_white():
    rgba = np.zeros((2, 3, 4), np.uint8)
    rgba[0, 0] = (10, 20, 30, 255)
    rgba[0, 1] = (0, 0, 0, 128)
    decoded = decode(encoded(rgba, "PNG"))
    assert decoded.pixels[0, 0].tolist() == [10, 20, 30]
    assert decoded.pixels[0, 1].tolist() == [127, 127, 127]
    assert decoded.pixels[1, 2].tolist() == [255, 255, 255]
    assert decoded.keep_suffix is None


def test_grey_alpha_is_painted_over_white():
    grey = Image.fromarray(np.array([[0, 0]], np.uint8))
    alpha = Image.fromarray(np.array([[255, 0]], np.uint8))
    decoded = decode(encoded(Image.merge("LA", [grey, alpha]), "PNG"))
    assert decoded.pixels[0].tolist() == [[0, 0, 0], [255, 255, 255]]


def test_palette_pictures_give_their_colours():
    image = Image.fromarray(PIXELS).quantize(16)
    decoded = decode(encoded(image, "PNG"))
    assert np.array_equal(decoded.pixels, np.asarray(image.convert("RGB")))


def test_palette_transparency_is_painted_over_white():
    image = Image.new("P", (2, 1))
    image.putpalette([200, 0, 0, 0, 200, 0])
    image.putpixel((1, 0), 1)
    decoded = decode(encoded(image, "PNG", transparency=0))
    assert decoded.pixels[0].tolist() == [[255, 255, 255], [0, 200, 0]]
    assert decoded.keep_suffix is None


def test_one_bit_pictures():
    bits = PIXELS[..., 0] > 128
    for kind in ("PNG", "TIFF", "BMP"):
        decoded = decode(encoded(Image.fromarray(bits), kind))
        assert np.array_equal(decoded.pixels[..., 0], bits * np.uint8(255))


def test_cmyk_jpeg_is_not_inverted():
    white = decode(encoded(Image.new("CMYK", (16, 16), (0, 0, 0, 0)), "JPEG"))
    black = decode(encoded(Image.new("CMYK", (16, 16), (0, 0, 0, 255)), "JPEG"))
    assert white.pixels.min() > 250
    assert black.pixels.max() < 5
    assert white.keep_suffix is None


def test_first_frame_of_an_animation():
    frames = [Image.fromarray(colours(seed=seed)) for seed in range(3)]
    for kind in ("PNG", "WEBP"):
        options = {"lossless": True} if kind == "WEBP" else {}
        data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], **options)
        decoded = decode(data)
        assert np.array_equal(decoded.pixels, PIXELS)
        assert decoded.keep_suffix is None


def test_first_page_of_a_tiff():
    pages = np.stack([colours(seed=seed)[..., 0] for seed in range(3)])
    assert np.array_equal(decode(tiff(pages, photometric="minisblack")).pixels[..., 0], pages[0])


def test_a_colour_profile_other_than_srgb_is_not_left_to_the_browser():
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    assert decode(encoded(PIXELS, "PNG", icc_profile=srgb)).keep_suffix == ".png"
    assert decode(encoded(PIXELS, "PNG", icc_profile=lab)).keep_suffix is None


@pytest.mark.parametrize("data", [b"hello, I am text", b"\0" * 100, b"{}"])
def test_text_named_png_is_refused(data):
    with pytest.raises(InvalidInput, match=r"^notes.png is not an image that can be read: JPEG, PNG, WebP"):
        decode(data, "notes.png")


def test_an_empty_file_is_refused():
    with pytest.raises(InvalidInput, match=r"^notes.png is empty: it has 0 bytes$"):
        decode(b"", "notes.png")


def test_other_kinds_are_named():
    with pytest.raises(InvalidInput, match=r"^a.pdf is a PDF, which cannot be read; JPEG, PNG, WebP"):
        decode(b"%PDF-1.7", "a.pdf")
    with pytest.raises(InvalidInput, match="is a video"):
        decode(b"\0\0\0\x18ftypmp42" + b"\0" * 20, "a.mp4")
    with pytest.raises(InvalidInput, match="is an SVG drawing"):
        decode(b'<?xml version="1.0"?><svg></svg>', "a.svg")


def test_a_truncated_jpeg_says_how_much_is_missing():
    smooth = np.repeat(np.linspace(20, 230, 256).astype(np.uint8)[None, :, None], 256, axis=0).repeat(3, 2)
    noisy = smooth // 2 + colours(256, 256) // 2
    data = encoded(noisy, "JPEG")
    with pytest.raises(InvalidInput) as raised:
        decode(data[: len(data) // 2], "photo.jpg")
    sentence = str(raised.value)
    assert sentence.startswith("photo.jpg is truncated: ")
    assert 40 <= int(sentence.split(": ")[1].split("%")[0]) <= 60
    assert sentence.endswith("save or copy it again")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "TIFF"])
@pytest.mark.parametrize("share", [0.02, 0.3, 0.9])
def test_any_truncated_file_is_refused_by_name(kind, share):
    data = encoded(colours(64, 64), kind)
    with pytest.raises(InvalidInput, match=r"^photo.* (truncated|cannot be read)"):
        decode(data[: int(len(data) * share)], "photo.x")


def test_a_progressive_jpeg_may_be_truncated_too():
    data = encoded(colours(64, 64), "JPEG", progressive=True)
    with pytest.raises(InvalidInput, match=r"^photo.jpg is truncated"):
        decode(data[: len(data) // 3], "photo.jpg")


@pytest.mark.parametrize("kind", ["PNG", "TIFF"])
def test_truncated_deep_pictures_are_refused(kind):
    values = PIXELS.astype(np.uint16) * 257
    data = png16(values) if kind == "PNG" else tiff(values, photometric="rgb")
    with pytest.raises(InvalidInput, match=r"^deep (is truncated|starts like a TIFF)"):
        decode(data[: len(data) // 2], "deep")


def test_a_huge_png_is_refused_without_being_decompressed():
    row = b"\0" + b"\0" * (30_000 // 8)
    data = png((30_000, 30_000, 1, 0), row * 30_000)
    assert len(data) < 1_000_000
    started = time.perf_counter()
    with pytest.raises(InvalidInput) as raised:
        decode(data, "huge.png", max_pixels=100_000_000)
    assert time.perf_counter() - started < 0.5
    assert str(raised.value) == (
        "huge.png is 30000x30000 pixels (900 megapixels); the limit is 100 (SAMSTUDIO_MAX_IMAGE_MEGAPIXELS)"
    )


def test_a_huge_tiff_is_refused_by_its_header():
    data = bytearray(tiff(np.zeros((10, 10), np.uint16)))
    with tifffile.TiffFile(BytesIO(bytes(data))) as file:
        for name in ("ImageWidth", "ImageLength"):
            tag = file.pages[0].tags[name]
            data[tag.valueoffset : tag.valueoffset + 2] = (30_000).to_bytes(2, "little")
    with pytest.raises(InvalidInput, match="is 30000x30000 pixels"):
        decode(bytes(data), "huge.tif", max_pixels=100_000_000)


def test_an_image_over_pillows_own_limit_comes_in(monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    for kind in ("PNG", "JPEG", "BMP", "WEBP"):
        assert decode(encoded(PIXELS, kind)).pixels.shape == PIXELS.shape


def test_a_thread_of_an_image_is_refused():
    with pytest.raises(InvalidInput, match=r"^thin.png is 2050x2 pixels, too narrow"):
        decode(encoded(np.zeros((2, 2050, 3), np.uint8), "PNG"), "thin.png")


@given(
    st.binary(max_size=400), st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"BM", b"II*\0"])
)
def test_random_bytes_never_escape_as_another_error(data, start):
    with pytest.raises(InvalidInput, match=r"^junk "):
        decode(start + data, "junk")
