"""Pixel sizes that files have from a measurement, and resolutions that are for printing."""

from io import BytesIO

import nibabel
import numpy as np
import pytest
import tifffile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from samstudio.domain import InvalidInput, NotFound, PixelSize
from samstudio.services.images.decoding import read_pages
from samstudio.services.images.pixel_size import parsed, written
from tests.unit.services.images.medical import dicom, nifti
from tests.unit.services.pictures import colours, encoded, png16, tiff

DEEP = np.random.default_rng(0).integers(0, 4000, (3, 24, 36)).astype(np.uint16)
COLOURS = colours()


def sizes(data):
    return [
        PixelSize.from_json(page.reading.get("pixel_size"))
        for page in read_pages(data, filename="f", max_pixels=10**6)
    ]


def grey(**options):
    return tiff(DEEP[0], photometric="minisblack", **options)


def ome(pixels, values=DEEP):
    return tiff(values, ome=True, metadata={"axes": "ZYX", **pixels}, photometric="minisblack")


def imagej(unit, density, values=DEEP, **more):
    return tiff(values, imagej=True, resolution=density, metadata={"axes": "ZYX", "unit": unit, **more})


def physical(x, y, unit):
    return {"PhysicalSizeX": x, "PhysicalSizeXUnit": unit, "PhysicalSizeY": y, "PhysicalSizeYUnit": unit}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (ome(physical(0.1625, 0.1625, "µm")), "0.1625um"),
        (ome(physical(0.1625, 0.325, "µm")), "0.1625x0.325um"),
        (ome({"PhysicalSizeX": 0.5, "PhysicalSizeY": 0.5}), "0.5um"),
        (ome(physical(65, 65, "nm")), "65nm"),
        (ome(physical(3.1, 3.1, "Å")), "0.00031um"),
        (ome(physical(0.02, 0.02, "cm")), "0.2mm"),
        (ome(physical(0, 0, "µm")), None),
        (ome(physical(1, 1, "pixel")), None),
        (ome(physical(1, 1, "reference frame")), None),
        (ome({"PhysicalSizeX": 0.5}), None),
        (ome({}), None),
        (imagej("um", (4, 4)), "0.25um"),
        (imagej("micron", (4, 2)), "0.25x0.5um"),
        (imagej("\\u00B5m", (8, 8)), "0.125um"),
        (imagej("mm", (10, 10)), "0.1mm"),
        (imagej("nm", (0.5, 0.5)), "2nm"),
        (imagej("um", (4, 1000), yunit="mm"), "0.25x1um"),
        (imagej("inch", (72, 72)), None),
        (imagej("cm", (118.11, 118.11)), None),
        (imagej("pixel", (1, 1)), None),
        (imagej("", (4, 4)), None),
        (grey(resolution=(40000, 40000), resolutionunit="centimeter"), "0.25um"),
        (grey(resolution=(40000, 20000), resolutionunit="centimeter"), "0.25x0.5um"),
        (grey(resolution=(78000, 78000), resolutionunit="inch"), "0.325641026um"),
        (tiff(COLOURS, photometric="rgb", resolution=(40000, 40000), resolutionunit="centimeter"), "0.25um"),
        *((grey(resolution=(dpi, dpi), resolutionunit="inch"), None) for dpi in (1, 72, 96, 300, 600, 2540)),
        *((grey(resolution=(n, n), resolutionunit="centimeter"), None) for n in (28.346, 37.8, 118.11, 1000)),
        (grey(resolution=(40000, 40000), resolutionunit="none"), None),
        (grey(resolution=(0, 0), resolutionunit="centimeter"), None),
        (grey(resolution=(40000, 1), resolutionunit="centimeter"), None),
        (grey(), None),
        (encoded(COLOURS, "PNG", dpi=(101600, 50800)), "0.25x0.5um"),
        (encoded(COLOURS, "JPEG", dpi=(50800, 50800)), "0.5um"),
        *(
            (encoded(COLOURS, kind, dpi=(dpi, dpi)), None)
            for kind in ("PNG", "JPEG", "BMP")
            for dpi in (72, 96, 300)
        ),
        (png16(DEEP[0]), None),
        (dicom(DEEP[0], PixelSpacing=[0.7, 0.5]), "0.5x0.7mm"),
        (dicom(DEEP, PixelSpacing=[0.5, 0.5]), "0.5mm"),
        (dicom(DEEP[0], ImagerPixelSpacing=[0.1, 0.1]), None),
        (dicom(DEEP[0]), None),
        (nifti(DEEP.astype(np.int16)), None),
    ],
)
def test_what_a_file_says(data, expected):
    assert {size and written(size) for size in sizes(data)} == {expected}


def test_each_image_of_an_ome_file_has_its_own():
    buffer = BytesIO()
    with tifffile.TiffWriter(buffer, ome=True) as file:
        for values, size in ((DEEP, 0.5), (DEEP[:1, :20], 2.0)):
            file.write(
                values, photometric="minisblack", metadata={"axes": "ZYX", **physical(size, size, "µm")}
            )
    assert [size and size.width for size in sizes(buffer.getvalue())] == [0.5, 0.5, 0.5, 2.0]


@pytest.mark.parametrize("shared", [True, False])
def test_an_enhanced_dicom_says_it_of_all_frames_or_of_each(shared):
    def group(spacing):
        measures, one = Dataset(), Dataset()
        measures.PixelSpacing = spacing
        one.PixelMeasuresSequence = Sequence([measures])
        return one

    if shared:
        data = dicom(DEEP, SharedFunctionalGroupsSequence=Sequence([group([0.5, 0.25])]))
        assert sizes(data) == [PixelSize(0.25, 0.5, "mm")] * 3
    else:
        each = [group([n, n]) for n in (0.1, 0.2, 0.3)]
        data = dicom(DEEP, PerFrameFunctionalGroupsSequence=Sequence(each))
        assert [size and size.width for size in sizes(data)] == [0.1, 0.2, 0.3]


@pytest.mark.parametrize("axes", [(0, 1, 2), (1, 0, 2)])
@pytest.mark.parametrize(("unit", "expected"), [("mm", "mm"), ("micron", "um")])
def test_a_volume_is_measured_in_its_standard_axes(axes, unit, expected):
    affine = np.zeros((4, 4))
    for axis, to in enumerate(axes):  # left to right, back to front, feet to head
        affine[to, axis] = (-0.5, 0.75, 3)[to]
    affine[3, 3] = 1
    volume = nibabel.Nifti1Image(np.zeros((20, 30, 4), np.int16), affine)
    volume.header.set_xyzt_units(unit)
    assert set(sizes(bytes(volume.to_bytes()))) == {PixelSize(0.5, 0.75, expected)}


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_turned_pictures_have_turned_pixels(kind):
    exif = Image.Exif()
    exif[0x0112] = 6
    data = encoded(COLOURS, kind, dpi=(50800, 25400), exif=exif)
    assert sizes(data) == [PixelSize(1.0, 0.5, "um")]


@pytest.mark.parametrize(
    "xml", ["<OME", "<OME><Image><Pixels PhysicalSizeX='x' PhysicalSizeY='1'/></Image></OME>"]
)
def test_damaged_metadata_costs_no_picture(xml):
    assert sizes(grey(description=xml, metadata=None)) == [None]


@given(
    *(st.floats(1e-9, 1e9, allow_subnormal=False).map(lambda x: float(f"{x:.12g}")),) * 2,
    st.sampled_from(["nm", "um", "mm", "cm", "m"]),
)
def test_what_is_written_is_read_again(width, height, unit):
    size = PixelSize(width, height, unit)
    assert parsed(written(size)) == size == PixelSize.from_json(size.to_json())


def test_an_images_own_size_goes_before_the_files_and_can_be_taken_back(images):
    image = images.add(imagej("um", (4, 4), DEEP[:1]), filename="a.tif").image
    plain = images.add(encoded(COLOURS, "PNG"), filename="b.png").image
    assert (image.pixel_size, plain.pixel_size) == (parsed("0.25um"), None)
    assert images.pixel_sizes.count_own() == 1
    images.pixel_sizes.set_of([image.id, plain.id], parsed("2x3mm"))
    assert [one.pixel_size for one in images.list()] == [PixelSize(2, 3, "mm")] * 2
    images.pixel_sizes.set_of([image.id, plain.id], None)
    assert [one.pixel_size for one in images.list()] == [parsed("0.25um"), None]
    with pytest.raises(NotFound):
        images.pixel_sizes.set_of([image.id, "0" * 64], parsed("1um"))
    with pytest.raises(InvalidInput, match="no length with a unit"):
        images.pixel_sizes.set_of([image.id], PixelSize(1, -1, "um"))
    assert images.get(image.id).pixel_size == parsed("0.25um")
    images.delete(image.id)
    assert images.pixel_sizes.count_own() == 0


def test_the_datasets_size_is_kept_and_taken_away(images):
    assert images.pixel_sizes.of_dataset() is None
    for size in (parsed("0.25um"), parsed("1x2nm"), None, None):
        images.pixel_sizes.set_of_dataset(size)
        assert images.pixel_sizes.of_dataset() == size


def test_a_second_file_of_the_same_pixels_may_add_the_size_and_never_changes_it(images):
    first = images.add(grey(), filename="a.tif")
    said = images.add(grey(resolution=(40000, 40000), resolutionunit="centimeter"), filename="b.tif")
    other = images.add(grey(resolution=(20000, 20000), resolutionunit="centimeter"), filename="c.tif")
    assert first.image.pixel_size is None
    assert (said.image.id, said.image.pixel_size) == (first.image.id, parsed("0.25um"))
    assert (other.image.pixel_size, other.created) == (parsed("0.25um"), False)
    assert (
        "c.tif has pixels of 0.5um, and the same image is there as a.tif with 0.25um: that is kept"
        in other.notes
    )
