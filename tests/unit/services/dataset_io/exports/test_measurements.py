from __future__ import annotations

import csv
import math

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import parquet
from skimage.measure import regionprops

from samstudio.domain import InvalidInput, NewAnnotation, PixelSize
from samstudio.masks import RunLengths, encode_rle
from samstudio.services.dataset_io.exports.measuring import feret_diameter, intensity_of, shape_of
from samstudio.services.dataset_io.exports.pixel_size import PixelSizes
from tests.unit.services.pictures import colours, encoded, png16


def shape(mask, spacing=(1.0, 1.0)):
    runs = RunLengths.parse(encode_rle(mask))
    return shape_of(runs, runs.decode_box(), spacing)


@st.composite
def masks(draw):
    height, width = draw(st.integers(1, 40)), draw(st.integers(1, 40))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    field = cv2.GaussianBlur(rng.normal(size=(height, width)), (0, 0), draw(st.sampled_from([0.5, 2, 6])))
    mask = field > np.quantile(field, draw(st.sampled_from([0.2, 0.5, 0.9])))
    mask[rng.integers(height), rng.integers(width)] = True
    return mask


@settings(deadline=None, max_examples=60)
@given(masks())
def test_shapes_are_those_of_regionprops(mask):
    values = np.random.default_rng(0).integers(0, 65535, (*mask.shape, 3)).astype(np.uint16)
    (region,) = regionprops(mask.astype(np.uint8), intensity_image=values)
    runs = RunLengths.parse(encode_rle(mask))
    shape = shape_of(runs, runs.decode_box())
    assert shape.area == region.area
    assert shape.perimeter == pytest.approx(region.perimeter)
    assert shape.equivalent_diameter == pytest.approx(region.equivalent_diameter_area)
    assert shape.centroid == pytest.approx(region.centroid[::-1])
    assert shape.eccentricity == pytest.approx(region.eccentricity, abs=1e-6)
    means, stds = intensity_of(runs, runs.decode_box(), values)
    assert means == pytest.approx(list(region.intensity_mean))
    assert stds == pytest.approx(list(region.intensity_std))


@settings(deadline=None, max_examples=40)
@given(masks())
def test_the_feret_diameter_is_that_of_regionprops(mask):
    (region,) = regionprops(mask.astype(np.uint8))
    assert feret_diameter(region.image) == pytest.approx(region.feret_diameter_max)


@settings(deadline=None, max_examples=40)
@given(masks(), st.sampled_from([(0.5, 0.5), (0.25, 1.0), (3.0, 2.0)]))
def test_shapes_of_pixels_that_are_not_square_are_those_of_regionprops(mask, spacing):
    (region,) = regionprops(mask.astype(np.uint8), spacing=spacing[::-1])
    found = shape(mask, spacing)
    assert found.area == pytest.approx(region.area)
    assert found.equivalent_diameter == pytest.approx(region.equivalent_diameter_area)
    assert found.feret_diameter == pytest.approx(region.feret_diameter_max)
    assert found.centroid == pytest.approx(region.centroid[::-1])
    assert found.eccentricity == pytest.approx(region.eccentricity, abs=1e-5)
    if spacing[0] == spacing[1]:
        assert found.perimeter == pytest.approx(region.perimeter)


@pytest.mark.parametrize("spacing", [(1, 1), (1, 2), (2, 1), (1, 3)])
def test_perimeters_of_pixels_that_are_not_square(spacing):
    box = np.ones((30, 50), bool)
    assert shape(box, spacing).perimeter == 2 * (49 * spacing[0] + 29 * spacing[1])
    y, x = np.mgrid[-100:101, -100:101]
    disc = (x * spacing[0]) ** 2 + (y * spacing[1]) ** 2 < 80**2
    found = shape(disc, spacing)
    assert found.perimeter == pytest.approx(2 * math.pi * 80, rel=0.05 * max(spacing))
    assert found.feret_diameter == pytest.approx(160, abs=2 * max(spacing))
    assert found.eccentricity < 0.1


@pytest.mark.parametrize("angle", [-80, -45, -10, 0, 30, 60, 89])
def test_orientation_is_against_the_x_axis_and_y_points_down(angle):
    mask = np.zeros((200, 200), np.uint8)
    cv2.ellipse(mask, (100, 100), (60, 15), angle, 0, 360, 1, -1)
    assert shape(mask.astype(bool)).orientation == pytest.approx(angle, abs=1)


def rows(out):
    with (out / "measurements.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_row_an_object_in_csv_and_parquet(dataset, export):
    values = np.random.default_rng(0).integers(0, 4095, (24, 36)).astype(np.uint16)
    grey = dataset.images.add(png16(values), filename="grey.png").image
    square = np.zeros((24, 36), bool)
    square[4:14, 6:16] = True
    dataset.annotations.add(NewAnnotation(grey.id, "cup", encode_rle(square)))
    dataset.add("rgb.png", "plate")
    dataset.add("empty.png")
    sizes = PixelSizes.parse(["0.5um", "rgb.png=2 mm"])
    in_mm, in_um = export("measurements", with_empty=True, pixel_sizes=sizes)
    assert in_mm.startswith("2 images were measured in um, and others in another unit")
    assert in_um.startswith("1 image was measured in mm")
    first, second, third = rows(dataset.out)
    assert (first["image"], first["category"], first["status"]) == ("grey.png", "cup", "accepted")
    assert (int(first["area_px"]), float(first["area"]), first["unit"]) == (100, 25.0, "um")
    assert float(first["perimeter"]) == float(first["perimeter_px"]) / 2 == 18
    assert (float(first["centroid_x_px"]), float(first["centroid_y_px"])) == (10.5, 8.5)
    assert float(first["circularity"]) == pytest.approx(4 * math.pi * 100 / 36**2)
    assert float(first["intensity_mean_1"]) == pytest.approx(values[square].mean())
    assert float(first["intensity_std_1"]) == pytest.approx(values[square].std())
    assert first["intensity_mean_2"] == ""
    assert float(second["intensity_mean_3"]) > 0
    assert (float(second["pixel_size"]), second["unit"]) == (2.0, "mm")
    assert (third["image"], third["object"], third["area_px"]) == ("empty.png", "", "")
    table = parquet.read_table(dataset.out / "measurements.parquet")
    assert table.column_names == list(first)
    assert table.column("area_px").to_pylist() == [100, 64, None]


def test_without_a_pixel_size_lengths_are_in_pixels_alone(dataset, export):
    dataset.add("a.png", "cup")
    export("measurements")
    (row,) = rows(dataset.out)
    assert float(row["area_px"]) == 64
    assert (row["area"], row["perimeter"], row["unit"]) == ("", "", "")


def test_pixel_sizes_come_from_the_export_the_image_or_the_dataset(dataset, export):
    for name in ("a.png", "b.png", "c.png"):
        dataset.add(name, "cup")
    a, b, _ = dataset.images.list()
    sizes = dataset.images.pixel_sizes
    sizes.set_of([a.id, b.id], PixelSize(2, 4, "um"))
    stretched, alone = export("measurements")
    assert stretched.startswith("2 images have pixels that are not square")
    assert alone == "1 image has no pixel size and was measured in pixels alone: c.png"
    sizes.set_of_dataset(PixelSize(0.5, 0.5, "um"))
    own, _ = export("measurements", pixel_sizes=PixelSizes.parse(["a.png=3um"]))
    assert own.startswith("2 images have another pixel size than the dataset's 0.5um")
    first, second, third = rows(dataset.out)
    assert [(row["pixel_size"], row["pixel_height"]) for row in (first, second, third)] == [
        ("3", "3"),
        ("2", "4"),
        ("0.5", "0.5"),
    ]
    assert [float(row["area"]) for row in (first, second, third)] == [64 * 9, 64 * 8, 16]
    # 4x16 pixels, at x 1 and y 4
    assert (float(second["centroid_x"]), float(second["centroid_y"])) == (2 * 2.5, 4 * 11.5)
    assert float(second["perimeter"]) == 2 * (2 * 3 + 4 * 15)


def test_a_pixel_size_of_no_image_is_refused(dataset, export):
    dataset.add("a.png", "cup")
    with pytest.raises(InvalidInput, match=r"there is no image 'A\.png': there are a\.png"):
        export("measurements", pixel_sizes=PixelSizes.parse(["A.png=3um"]))


def test_intensities_that_cannot_be_had_are_said(dataset, export, monkeypatch):
    dataset.add("a.png", "cup")
    monkeypatch.setattr(dataset.images, "original_values", lambda _id: np.zeros((3, 3)))
    (note,) = export("measurements")
    assert note.startswith("1 image has no intensities in the table")
    (row,) = rows(dataset.out)
    assert "intensity_mean_1" not in row
    assert row["area_px"] == "64"


@pytest.mark.parametrize("text", ["1 µm", "1μm", "1um", "1e0um"])
def test_a_micrometre_is_spelled_in_several_ways(text):
    assert PixelSizes.parse([text]).of_all == PixelSize(1.0, 1.0, "um")


@pytest.mark.parametrize(
    "text", ["", "1", "um", "0um", "-1um", "1e999um", "1 inch", "nanum", "a.png=", "1.2.3um"]
)
def test_what_is_no_pixel_size_is_refused(text):
    with pytest.raises(InvalidInput, match="is no length with a unit"):
        PixelSizes.parse([text])


def test_large_objects_are_measured_in_colour_too():
    mask = np.zeros((600, 800), bool)
    mask[100:500, 100:700] = True
    found = shape(mask)
    assert (found.area, found.feret_diameter) == (240_000, pytest.approx(math.hypot(600, 399), abs=0.5))
    assert encoded(colours(), "PNG")
