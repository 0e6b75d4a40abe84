"""DICOM and NIfTI: the extra `medical`."""

import gzip
import sys

import imagecodecs
import numpy as np
import pytest

from samstudio.domain import InvalidInput
from samstudio.services.images.decoding import decode_image, original_values, read_pages
from tests.unit.services.images.medical import SERIES, dicom, nifti
from tests.unit.services.pictures import colours

RAMP = np.linspace(0, 4000, 24 * 36).reshape(24, 36).astype(np.uint16)


def decode(data, filename="f", page=1):
    return decode_image(data, filename=filename, max_pixels=10**6, page=page)


def values_of(data, page=1):
    return original_values(data, filename="f", page=page)


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "int16"])
def test_dicom_values(dtype):
    values = (RAMP / 20 if dtype == "uint8" else RAMP - 1000.0 if dtype == "int16" else RAMP).astype(dtype)
    assert np.array_equal(values_of(dicom(values)), values)
    decoded = decode(dicom(values))
    assert decoded.source_format == "DICOM"
    assert decoded.pixels[0, 0, 0] == 0
    if dtype == "uint8":
        assert np.array_equal(decoded.pixels[..., 0], values)


def test_the_window_of_the_file_is_respected_after_rescaling():
    data = dicom(
        RAMP, RescaleSlope="1", RescaleIntercept="-1024", WindowCenter=["40", "500"], WindowWidth=["400", "9"]
    )
    hounsfield = RAMP.astype(int) - 1024
    assert np.array_equal(values_of(data), hounsfield)
    pixels = decode(data).pixels[..., 0]
    assert (pixels[hounsfield <= 40 - 0.5 - 199.5] == 0).all()
    assert (pixels[hounsfield > 40 - 0.5 + 199.5] == 255).all()
    middle = np.abs(hounsfield - 39.5) < 3
    assert np.abs(pixels[middle].astype(int) - 127).max() <= 3
    assert decode(data).reading["contrast"] == [[-160.0, 239.0]]


def test_a_slope_that_is_no_whole_number():
    data = dicom(RAMP, RescaleSlope="0.5", RescaleIntercept="3")
    assert np.allclose(values_of(data), RAMP * 0.5 + 3)


def test_monochrome1_is_inverted():
    plain = decode(dicom(RAMP)).pixels.astype(int)
    inverted = decode(dicom(RAMP, PhotometricInterpretation="MONOCHROME1"))
    assert np.abs(plain + inverted.pixels - 255).max() <= 1
    assert inverted.reading["inverted"] is True


def test_padding_takes_no_part_in_the_contrast():
    values = RAMP.astype(np.int16) + 1000
    plain = decode(dicom(values)).pixels
    padded = values.copy()
    padded[:, :6] = -2000
    decoded = decode(dicom(padded, PixelPaddingValue=-2000))
    assert not decoded.pixels[:, :6].any()
    assert np.abs(decoded.pixels[:, 6:].astype(int) - plain[:, 6:]).max() <= 4


def test_dicom_colours():
    assert np.array_equal(decode(dicom(colours())).pixels, colours())


def test_frames_are_pages_and_a_series_is_a_group(images):
    stack = np.stack([np.roll(RAMP, n, axis=1) for n in range(4)])
    added, refused = images.add_all(dicom(stack), filename="scan.dcm")
    assert [each.image.filename for each in added] == [f"scan.dcm#{n}" for n in range(1, 5)]
    assert {each.image.group for each in added} == {f"series {SERIES}"}
    assert refused == []
    for n, each in enumerate(added):
        assert np.array_equal(images.original_values(each.image.id), stack[n])
    one = images.add(dicom(np.rot90(RAMP)), filename="slice7.dcm")
    assert (one.image.filename, one.image.group) == ("slice7.dcm", f"series {SERIES}")
    assert images.original(one.image.id).suffix == ".dcm"


@pytest.mark.parametrize(
    ("syntax", "encode"),
    [
        ("1.2.840.10008.1.2.4.70", imagecodecs.ljpeg_encode),
        ("1.2.840.10008.1.2.4.80", imagecodecs.jpegls_encode),
        (
            "1.2.840.10008.1.2.4.90",
            lambda v: imagecodecs.jpeg2k_encode(v, level=0, reversible=True, codecformat="j2k"),
        ),
    ],
)
def test_compressed_dicoms(syntax, encode):
    stack = np.stack([RAMP, RAMP[::-1]])
    data = dicom(stack, syntax=syntax, frames=[encode(np.ascontiguousarray(each)) for each in stack])
    assert read_pages(data, filename="f", max_pixels=10**6).count == 2
    for page in (1, 2):
        assert np.array_equal(values_of(data, page), stack[page - 1])


def test_a_dicom_of_an_unknown_codec_is_named():
    data = dicom(RAMP, syntax="1.2.840.10008.1.2.4.102", frames=[b"\0\0\0\1" * 40])
    with pytest.raises(
        InvalidInput, match=r"^m.dcm is a DICOM file compressed with MPEG-4 .*, which cannot be read$"
    ):
        decode(data, "m.dcm")


def test_a_dicom_without_pixels():
    from io import BytesIO

    import pydicom

    dataset = pydicom.dcmread(BytesIO(dicom(RAMP)))
    del dataset.PixelData
    buffer = BytesIO()
    dataset.save_as(buffer)
    with pytest.raises(InvalidInput, match=r"^r.dcm is a DICOM file without pixels \(modality CT\)$"):
        decode(buffer.getvalue(), "r.dcm")


def test_a_truncated_dicom():
    data = dicom(RAMP)
    with pytest.raises(InvalidInput, match=r"^t.dcm is truncated|^t.dcm starts like a DICOM"):
        decode(data[: len(data) - 700], "t.dcm")


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize("dtype", ["uint8", "int16", "float32"])
def test_nifti_slices(images, dtype, zipped):
    volume = (np.arange(36 * 24 * 5).reshape(36, 24, 5) % 121).astype(dtype)
    data = nifti(volume, zipped=zipped)
    added, refused = images.add_all(data, filename="brain.nii.gz" if zipped else "brain.nii")
    assert len(added) == 5
    assert refused == []
    for n, each in enumerate(added):
        assert np.array_equal(images.original_values(each.image.id), np.rot90(volume[..., n]))
        assert images.original(each.image.id).read_bytes() == data
    assert added[0].image.size == (24, 36)
    assert len({str(images.reading(each.image.id)["contrast"]) for each in added}) == 1


def test_nifti_is_turned_to_its_standard_axes():
    volume = np.zeros((36, 24, 5), np.int16)
    volume[30, 20, 4] = 9  # right, front, top
    flipped = volume[::-1, :, ::-1]
    affine = np.diag([-1.0, 1, -1, 1])
    for data in (nifti(volume), nifti(np.ascontiguousarray(flipped), affine=affine)):
        top = values_of(data, page=5)
        assert [int(n) for n in np.argwhere(top)[0]] == [3, 30]


def test_four_dimensions_are_pages_too():
    volume = np.arange(36 * 24 * 3 * 2, dtype=np.float32).reshape(36, 24, 3, 2)
    data = nifti(volume)
    assert read_pages(data, filename="f", max_pixels=10**6).count == 6
    assert np.array_equal(values_of(data, page=5), np.rot90(volume[:, :, 1, 1]))


@pytest.mark.parametrize("zipped", [False, True])
def test_a_truncated_nifti(zipped):
    data = nifti(np.random.default_rng(0).integers(0, 900, (36, 24, 5)).astype(np.int16), zipped=zipped)
    with pytest.raises(InvalidInput, match=r"^t.nii is truncated: its "):
        decode(data[: len(data) - 900], "t.nii")


def test_a_volume_bomb_is_refused_by_its_header():
    header = bytearray(nifti(np.zeros((4, 4, 4), np.int16))[:352])
    header[40:56] = np.array([3, 20_000, 20_000, 20_000, 1, 1, 1, 1], "<i2").tobytes()
    with pytest.raises(InvalidInput, match=r"^b.nii.gz is a volume of 15,258,789 MB; the limit is 2,048$"):
        decode(gzip.compress(bytes(header) + bytes(1000)), "b.nii.gz")


@pytest.mark.parametrize(
    ("module", "data"), [("pydicom", dicom(RAMP)), ("nibabel", nifti(np.zeros((9, 9, 2), np.int16)))]
)
def test_a_missing_library_is_named(monkeypatch, module, data):
    for name in [*sys.modules]:
        if name.partition(".")[0] == module:
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(
        InvalidInput, match=rf"^s is a .* file, which needs the library {module}: pip install"
    ):
        decode(data, "s")


def test_a_frame_that_asks_for_gigabytes_is_not_decoded():
    frame = bytearray(imagecodecs.ljpeg_encode(RAMP))
    at = frame.index(b"\xff\xc3")
    frame[at + 5 : at + 9] = b"\xea\x60\xea\x60"
    data = dicom(RAMP, syntax="1.2.840.10008.1.2.4.70", frames=[bytes(frame)])
    with pytest.raises(InvalidInput, match=r"^f is 36x24 pixels by its header and 60000x60000 by its data"):
        decode(data)


def test_a_deflated_dicom_is_not_inflated():
    data = dicom(RAMP, syntax="1.2.840.10008.1.2.1.99")
    with pytest.raises(InvalidInput, match=r"^f is a DICOM file compressed with Deflated Explicit VR"):
        decode(data)
