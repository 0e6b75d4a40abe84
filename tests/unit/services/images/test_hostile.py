"""Bytes that were changed or cut, of every kind of file: a picture, or a sentence that names the file."""

import itertools
import warnings

import imagecodecs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from samstudio.domain import InvalidInput
from samstudio.services.images.decoding import read_pages
from samstudio.services.images.readers import READERS
from tests.unit.services.images.medical import dicom, nifti
from tests.unit.services.images.test_codecs import heic_bytes
from tests.unit.services.images.test_pages import saved
from tests.unit.services.pictures import colours, encoded, png16, tiff

RGB = colours()
DEEP = RGB.astype(np.uint16) * 200
FRAMES = [Image.fromarray(colours(seed=seed)) for seed in range(3)]
STACK = np.stack([DEEP[..., 0]] * 4).reshape(2, 2, 24, 36)
FILES = {
    "JPEG": encoded(RGB, "JPEG"),
    "JPEG lossless": imagecodecs.ljpeg_encode(DEEP[..., 0]),
    "PNG": encoded(RGB, "PNG"),
    "PNG 16": png16(DEEP),
    "PNG animated": saved("PNG", FRAMES),
    "WEBP": encoded(RGB, "WEBP"),
    "WEBP animated": saved("WEBP", FRAMES),
    "BMP": encoded(RGB, "BMP"),
    "GIF": saved("GIF", FRAMES),
    "TIFF": encoded(RGB, "TIFF"),
    "TIFF 16": tiff(DEEP, photometric="rgb", compression="zlib"),
    "TIFF tiles": tiff(DEEP, photometric="rgb", tile=(16, 16), compression="zstd"),
    "TIFF ome": tiff(STACK, ome=True, photometric="minisblack", metadata={"axes": "ZCYX"}),
    "TIFF imagej": tiff(STACK, imagej=True, metadata={"axes": "ZCYX"}, truncate=True),
    "JPEG 2000": imagecodecs.jpeg2k_encode(RGB),
    "JPEG 2000 16": imagecodecs.jpeg2k_encode(DEEP),
    "HEIC": heic_bytes(RGB),
    "AVIF": encoded(RGB, "AVIF"),
    "DICOM": dicom(DEEP[..., 0], WindowCenter="5", WindowWidth="90", RescaleSlope="2", RescaleIntercept="1"),
    "NIfTI": nifti(np.zeros((36, 24, 3), np.int16)),
    "NIfTI gz": nifti(np.zeros((36, 24, 3), np.int16), zipped=True),
}


def test_every_reader_has_a_file_here():
    assert {name.split(" 16")[0] for name in FILES} >= {reader.name for reader in READERS}


def read_all(data: bytes) -> None:
    """Read up to three pages; whatever is wrong must be an InvalidInput that names the file."""
    refusal = "hostile is fine"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            pages = read_pages(data, filename="hostile", max_pixels=10**6)
            for page in itertools.islice(range(1, pages.count + 1), 3):
                decoded = pages.decode(page)
                assert decoded.pixels.dtype == np.uint8
                assert decoded.pixels.shape[2] == 3
        except InvalidInput as error:
            refusal = str(error)
    assert refusal.startswith("hostile "), refusal


@pytest.mark.parametrize("kind", FILES)
def test_whole_files_are_read(kind):
    assert read_pages(FILES[kind], filename="f", max_pixels=10**6).decode(1).pixels.shape == (24, 36, 3)


@pytest.mark.parametrize("kind", FILES)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_changed_bytes_never_escape_as_another_error(kind, data):
    changed = bytearray(FILES[kind])
    # Headers are at the start, except TIFF's, which may be at the end.
    where = st.integers(0, min(400, len(changed) - 1)) | st.integers(0, len(changed) - 1)
    for at, value in data.draw(st.lists(st.tuples(where, st.integers(0, 255)), min_size=1, max_size=6)):
        changed[at] = value
    read_all(bytes(changed))


@pytest.mark.parametrize("kind", FILES)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_cut_files_never_escape_as_another_error(kind, data):
    whole = FILES[kind]
    start = data.draw(st.integers(0, len(whole)))
    read_all(whole[:start] + whole[start + data.draw(st.integers(1, len(whole))) :])
