import cv2
import numpy as np
import pytest
from PIL import Image

from samstudio.domain import InvalidInput
from samstudio.services.images.decoding import decode_image
from samstudio.services.images.high_bit_depth import stretch
from tests.unit.services.pictures import colours, encoded, png16, tiff

RAMP = np.linspace(1000, 5000, 40 * 50).reshape(40, 50)


def decode(data):
    return decode_image(data, filename="deep", max_pixels=10**6).pixels


def expected(values):
    low, high = np.percentile(values, (0.1, 99.9))
    return np.clip((values.astype(float) - low) / (high - low) * 255, 0, 255)


@pytest.mark.parametrize("dtype", ["uint16", "int16", "uint32", "int32", "float32", "float64", "float16"])
def test_grey_tiffs_are_spread_over_the_percentiles(dtype):
    values = RAMP.astype(dtype)
    pixels = decode(tiff(values))
    assert pixels.shape == (40, 50, 3)
    assert np.array_equal(pixels[..., 0], pixels[..., 2])
    assert np.abs(pixels[..., 0] - expected(values)).max() <= 0.51


def test_sixteen_bit_colour_keeps_what_eight_bits_would_drop():
    values = (colours(40, 50).astype(np.uint16)) + 300  # all of it in the low bytes
    for data in (png16(values), tiff(values, photometric="rgb")):
        assert np.abs(decode(data) - expected(values)).max() <= 0.51


def test_planar_and_big_endian_and_compressed_tiffs():
    values = colours(40, 50).astype(np.uint16) * 200
    plain = decode(tiff(values, photometric="rgb"))
    planes = np.moveaxis(values, -1, 0)
    assert np.array_equal(decode(tiff(planes, photometric="rgb", planarconfig="separate")), plain)
    assert np.array_equal(decode(tiff(values, photometric="rgb", byteorder=">")), plain)
    assert np.array_equal(decode(tiff(values, photometric="rgb", compression="zlib", predictor=True)), plain)


def test_lzw_is_read_although_tifffile_lacks_it():
    values = colours(40, 50).astype(np.uint16) * 200
    ok, data = cv2.imencode(".tiff", values[..., ::-1], [cv2.IMWRITE_TIFF_COMPRESSION, 5])
    assert ok
    assert np.array_equal(decode(data.tobytes()), decode(tiff(values, photometric="rgb")))


def test_grey_png_of_16_bits():
    values = RAMP.astype(np.uint16)
    assert np.abs(decode(png16(values))[..., 1] - expected(values)).max() <= 0.51


def test_white_is_zero():
    values = RAMP.astype(np.uint16)
    assert decode(tiff(values, photometric="miniswhite"))[0, 0, 0] == 255
    assert decode(tiff(values))[0, 0, 0] == 0


def test_alpha_of_16_bits_is_painted_over_white():
    values = np.zeros((10, 10, 4), np.uint16)
    values[:5, :, 0] = 65535
    values[:, 5:, 3] = 65535
    pixels = decode(png16(values))
    assert pixels[0, 0].tolist() == [255, 255, 255]
    assert pixels[0, 9].tolist() == [255, 0, 0]
    assert pixels[9, 9].tolist() == [0, 0, 0]
    grey = np.zeros((10, 10, 2), np.uint16)
    grey[:, 5:, 1] = 65535
    assert decode(png16(grey))[0, :, 0].tolist() == [255] * 5 + [0] * 5


def test_nan_is_black_and_infinity_is_clipped():
    values = RAMP.astype(np.float32)
    values[0, :3] = (np.nan, np.inf, -np.inf)
    pixels = decode(tiff(values))
    assert pixels[0, :3, 0].tolist() == [0, 255, 0]
    assert (
        np.abs(pixels[1:, :, 0] - expected(values[np.isfinite(values)].ravel())[47:].reshape(39, 50)).max()
        < 1.5
    )


def test_constant_and_nearly_constant_pictures():
    assert not stretch(np.full((9, 9, 1), 7, np.uint16)).any()
    assert not stretch(np.full((9, 9, 1), np.nan, np.float32)).any()
    sparse = np.zeros((200, 200, 1), np.uint16)
    sparse[3, 4] = 900
    assert stretch(sparse)[3, 4, 0] == 255


def test_what_has_no_colours_is_refused():
    with pytest.raises(InvalidInput, match=r"^deep is a TIFF of complex64 values that have no colours"):
        decode(tiff(RAMP.astype(np.complex64)))


def test_deep_cmyk_is_converted():
    ink = np.zeros((8, 8, 4), np.uint16)
    ink[:4, :, 3] = 65535
    pixels = decode(tiff(ink, photometric="separated"))
    assert not pixels[:4].any()
    assert (pixels[4:] == 255).all()


def test_eight_bit_cmyk_tiff_is_plain_pillow():
    assert decode(encoded(Image.new("CMYK", (9, 9), (0, 0, 0, 0)), "TIFF")).min() == 255


def test_every_channel_counts_in_a_sample(monkeypatch):
    monkeypatch.setattr("samstudio.services.images.high_bit_depth.SAMPLE", 1000)
    values = np.zeros((60, 50, 3), np.uint16)
    values[..., 2] = np.arange(3000).reshape(60, 50)
    assert stretch(values)[..., 2].max() == 255
    assert stretch(values)[30, 0, 2] == pytest.approx(128, abs=2)


def test_numbers_beyond_all_measure():
    values = np.array([[[-1e308], [0.0], [1e308]]])
    assert stretch(values).shape == (1, 3, 1)
