"""Pixel sizes in the tags of microscopes and slide scanners."""

import json
from io import BytesIO
from types import SimpleNamespace

import numpy as np
import pytest
import tifffile

from samstudio.domain import PixelSize
from samstudio.services.images.decoding import read_pages
from samstudio.services.images.pixel_size import parsed
from samstudio.services.images.readers.tiff_instruments import size_of_instrument
from samstudio.services.images.readers.tiff_pixel_size import pixel_sizes

PIXELS = np.random.default_rng(0).integers(0, 4000, (24, 36)).astype(np.uint16)
ASCII = 2

SEM = "header\r\nAP_WD\r\nWD = 5.0 mm\r\nAP_PIXEL_SIZE\r\nPixel Size = 2.5 nm\r\n"
METASERIES = (
    '<MetaData><PlaneInfo><prop id="spatial-calibration-state" type="bool" value="{state}"/>'
    '<prop id="spatial-calibration-x" type="float" value="0.65"/>'
    '<prop id="spatial-calibration-y" type="float" value="0.65"/>'
    '<prop id="spatial-calibration-units" type="string" value="{unit}"/></PlaneInfo></MetaData>'
)


def written(*more, tag=None, **options):
    """A TIFF with a maker's tag: its number, type and value; ``more`` are pages of other sizes."""
    extra = [] if tag is None else [(tag[0], tag[1], len(tag[2]), tag[2], True)]
    buffer = BytesIO()
    with tifffile.TiffWriter(buffer) as file:
        for values in (PIXELS, *more):
            file.write(values, photometric="minisblack", metadata=None, extratags=extra, **options)
            extra = []
    return buffer.getvalue()


def ascii_tag(number, text):
    return written(tag=(number, ASCII, text.encode() + b"\0"))


def sizes(data):
    pages = read_pages(data, filename="f.tif", max_pixels=10**6)
    return [PixelSize.from_json(page.reading.get("pixel_size")) for page in pages]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (ascii_tag(34682, "[User]\nDate=1\n[Scan]\nPixelWidth=1.5e-9\nPixelHeight=1.5e-9\n"), "0.0015um"),
        (ascii_tag(34680, "[EScan]\r\nPixelWidth=4e-8\r\nPixelHeight=5e-8\r\n"), "0.04x0.05um"),
        (ascii_tag(34682, "[Scan]\r\nPixelWidth=\r\nPixelHeight=1\r\n"), None),
        (ascii_tag(34118, SEM), "2.5nm"),
        (ascii_tag(34118, SEM + "AP_IMAGE_PIXEL_SIZE\r\nImage Pixel Size = 5.0 nm\r\n"), "5nm"),
        (ascii_tag(34118, "AP_PIXEL_SIZE\r\nPixel Size = far\r\n"), None),
        (written(description="Aperio Image Library v1\r\n36x24 |AppMag = 20|MPP = 0.4990"), "0.499um"),
        (written(description="Aperio Image Library v1\r\n36x24 |AppMag = 20"), None),
        (written(description=METASERIES.format(state="on", unit="um"), software="MetaSeries"), "0.65um"),
        (written(description=METASERIES.format(state="off", unit="um"), software="MetaSeries"), None),
        (written(description=METASERIES.format(state="on", unit="pixel"), software="MetaSeries"), None),
        (ascii_tag(51123, json.dumps({"PixelSizeUm": 0.1083})), "0.1083um"),
        (ascii_tag(51123, json.dumps({"PixelSizeUm": 0})), None),
    ],
)  # fmt: skip
def test_a_tag_of_an_instrument_says_the_size(data, expected):
    assert sizes(data) == [parsed(expected) if expected else None]


def test_a_page_of_another_size_has_not_the_size_of_the_first():
    data = written(PIXELS[::2, ::2], description="Aperio Image Library v1\r\n36x24 |MPP = 0.25")
    with tifffile.TiffFile(BytesIO(data)) as file:
        size_of = pixel_sizes(file)
        assert [size_of(page) for page in file.pages] == [parsed("0.25um"), None]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"sis_metadata": {"pixelsizex": 6.45e-8, "pixelsizey": 6.45e-8}}, "0.0645um"),
        ({"stk_metadata": {"SpatialCalibration": 1, "XCalibration": 0.161, "YCalibration": 0.161,
                           "CalibrationUnits": "um"}}, "0.161um"),
        ({"stk_metadata": {"SpatialCalibration": 0, "XCalibration": 1, "YCalibration": 1,
                           "CalibrationUnits": "pixel"}}, None),
        ({"micromanager_metadata": {"Summary": {"PixelSize_um": 0.33}}}, "0.33um"),
        ({"lsm_metadata": {"VoxelSizeX": 2.5e-7, "VoxelSizeY": 2.5e-7}}, "0.25um"),
        ({"lsm_metadata": {"VoxelSizeX": 0, "VoxelSizeY": 0}}, None),
        ({"sis_metadata": {"pixelsizex": "?", "pixelsizey": 1}}, None),
    ],
)  # fmt: skip
def test_what_tifffile_reads_of_rare_files_is_understood(facts, expected):
    """Files of these makers cannot be written here; the facts are those that tifffile's source names."""
    kinds = ("fei", "sem", "lsm", "sis", "stk", "metaseries", "micromanager")
    tags = SimpleNamespace(valueof=lambda number: None)
    file = SimpleNamespace(
        **{f"{kind}_metadata": None for kind in kinds} | facts,
        pages=SimpleNamespace(first=SimpleNamespace(tags=tags, description="")),
    )
    assert size_of_instrument(file) == (parsed(expected) if expected else None)
