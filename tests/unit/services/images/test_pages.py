"""Files of several pictures: which of their pages are pictures, and which are channels of one."""

from io import BytesIO

import numpy as np
import pytest
import tifffile
from PIL import Image

from samstudio.domain import InvalidInput
from samstudio.services.images import AddedImage, RefusedPage
from samstudio.services.images.decoding import ReadOptions, read_pages
from tests.unit.services.pictures import colours, encoded, tiff

STACK = np.stack([colours(80, 120, seed=seed)[..., 0] for seed in range(5)])


def pages_of(data, **options):
    return read_pages(data, filename="f", max_pixels=10**6, **options)


def saved(kind, frames, **options):
    buffer = BytesIO()
    frames[0].save(buffer, kind, save_all=True, append_images=frames[1:], **options)
    return buffer.getvalue()


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"ome": True, "metadata": {"axes": "ZYX"}},
        {"imagej": True, "metadata": {"axes": "TYX"}},
        {"metadata": None},
        {"bigtiff": True},
        {"compression": "zlib"},
    ],
)
def test_every_page_of_a_stack_is_a_picture(dtype, options):
    values = STACK.astype(dtype)
    pages = pages_of(tiff(values, photometric="minisblack", **options))
    assert pages.count == 5
    for page, decoded in enumerate(pages, 1):
        assert (decoded.page, decoded.pages, decoded.notes) == (page, 5, ())
        assert np.array_equal(pages.samples(page).values[..., 0], values[page - 1])


def test_a_stack_of_colours():
    values = np.stack([colours(seed=seed) for seed in range(3)])
    for options in ({}, {"ome": True, "metadata": {"axes": "TYXS"}}):
        pages = pages_of(tiff(values, photometric="rgb", **options))
        assert [np.array_equal(p.pixels, v) for p, v in zip(pages, values, strict=True)] == [True] * 3


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "TIFF", "AVIF"])
def test_every_frame_of_an_animation_is_a_picture(kind):
    frames = [Image.new("RGB", (40, 30), color) for color in ("red", "lime", "blue")]
    options = {"lossless": True} if kind == "WEBP" else {}
    pages = pages_of(saved(kind, frames, **options))
    assert pages.count == 3
    middle = [decoded.pixels[10, 10] for decoded in pages]
    expected = [(255, 0, 0), (0, 255, 0), (0, 0, 255)]
    assert np.abs(np.array(middle, int) - expected).max() <= (8 if kind == "AVIF" else 0)


def test_frames_can_be_read_in_any_order():
    frames = [Image.fromarray(colours(seed=seed)) for seed in range(4)]
    for kind in ("TIFF", "PNG"):
        pages = pages_of(saved(kind, frames))
        for page in (3, 1, 4, 2, 2):
            assert np.array_equal(pages.decode(page).pixels, colours(seed=page - 1))


def test_a_page_that_is_not_there():
    with pytest.raises(InvalidInput, match=r"^f has 5 pages, and no page 6$"):
        pages_of(tiff(STACK, photometric="minisblack")).decode(6)
    with pytest.raises(InvalidInput, match=r"^f has 1 page, and no page 0$"):
        pages_of(encoded(STACK[0], "PNG")).decode(0)


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("subfiletype", [1, 0])
def test_a_reduced_copy_is_no_picture(first, subfiletype):
    small, large = STACK[0][::4, ::4].copy(), STACK[0]
    buffer = BytesIO()
    with tifffile.TiffWriter(buffer) as file:
        for values in (small, large) if first else (large, small):
            file.write(values, subfiletype=subfiletype if values is small else 0, metadata=None)
    pages = pages_of(buffer.getvalue())
    assert pages.count == 1
    decoded = pages.decode(1)
    assert decoded.pixels.shape == (80, 120, 3)
    number = 1 if first else 2
    assert decoded.notes == (
        f"f has 2 pages, of which {number} (30x20 pixels) is a reduced copy or a mask of another: left out",
    )


def test_pages_of_other_sizes_are_pictures():
    buffer = BytesIO()
    with tifffile.TiffWriter(buffer) as file:
        for values in (STACK[0], STACK[1][:70], STACK[2][:, :50]):
            file.write(values, metadata=None)
    assert [decoded.pixels.shape[:2] for decoded in pages_of(buffer.getvalue())] == [
        (80, 120),
        (70, 120),
        (80, 50),
    ]


def test_a_pyramid_is_one_picture():
    buffer = BytesIO()
    with tifffile.TiffWriter(buffer, ome=True) as file:
        file.write(STACK[0], subifds=2)
        file.write(STACK[0][::2, ::2].copy(), subfiletype=1)
        file.write(STACK[0][::4, ::4].copy(), subfiletype=1)
    assert pages_of(buffer.getvalue()).count == 1


@pytest.mark.parametrize("dtype", ["uint8", "uint16"])
@pytest.mark.parametrize("truncate", [False, True])
def test_an_imagej_hyperstack_has_channels_and_pages(dtype, truncate):
    values = np.arange(2 * 3 * 2 * 24 * 36).reshape(2, 3, 2, 24, 36) % 251  # T, Z, C
    data = tiff(values.astype(dtype), imagej=True, metadata={"axes": "TZCYX"}, truncate=truncate)
    pages = pages_of(data)
    assert pages.count == 6
    for page, decoded in enumerate(pages, 1):
        t, z = divmod(page - 1, 3)
        assert np.array_equal(np.moveaxis(pages.samples(page).values, -1, 0), values[t, z])
        assert decoded.notes == ("f has 2 channels: they are shown as red and green",)
        assert not decoded.pixels[..., 2].any()


@pytest.mark.parametrize("axes", ["CYX", "ZCYX", "CZYX", "TCYX"])
def test_ome_channels(axes):
    shape = tuple({"C": 4, "Z": 3, "T": 3, "Y": 24, "X": 36}[axis] for axis in axes)
    values = (np.arange(np.prod(shape)).reshape(shape) % 60013).astype(np.uint16)
    pages = pages_of(tiff(values, ome=True, photometric="minisblack", metadata={"axes": axes}))
    assert pages.count == (1 if axes == "CYX" else 3)
    first = np.moveaxis(values, axes.index("C"), -1)
    first = first if axes == "CYX" else first[0]
    assert np.array_equal(pages.samples(1).values, first)
    assert pages.decode(1).notes == ("f has 4 channels: the first three are shown as red, green and blue",)


def test_an_imagej_stack_of_many_unnamed_pages_has_no_channels():
    assert pages_of(tiff(np.zeros((9, 24, 36), np.uint8), imagej=True)).count == 9


def test_channels_are_chosen_and_each_has_its_contrast():
    values = np.zeros((4, 24, 36), np.uint16)
    values[3, :12] = 900
    values[1, 12:] = 60_000
    data = tiff(values, ome=True, photometric="minisblack", metadata={"axes": "CYX"})
    chosen = pages_of(data, options=ReadOptions(channels=(4, 2))).decode(1)
    assert chosen.pixels[0, 0].tolist() == [255, 0, 0]
    assert chosen.pixels[20, 0].tolist() == [0, 255, 0]
    grey = pages_of(data, options=ReadOptions(channels=(4,), contrast=((0, 1800),))).decode(1)
    assert grey.pixels[0, 0].tolist() == [128, 128, 128]
    assert grey.reading["contrast"] == [[0, 1800]]
    with pytest.raises(InvalidInput, match=r"^f has 4 channels, and no channel 5$"):
        pages_of(data, options=ReadOptions(channels=(5,))).decode(1)


@pytest.mark.parametrize(
    "options",
    [
        ReadOptions(channels=()),
        ReadOptions(channels=(0,)),
        ReadOptions(channels=(1, 2, 3, 4)),
        ReadOptions(contrast=((5, 5),)),
        ReadOptions(contrast=((float("nan"), 5),)),
        ReadOptions(contrast=((0, 1), (0, 2))),
    ],
)
def test_options_that_mean_nothing(options):
    with pytest.raises(InvalidInput):
        pages_of(tiff(STACK[0]), options=options).decode(1)


def test_a_stack_comes_in_as_one_group(images):
    data = tiff(STACK, photometric="minisblack")
    added, refused = images.add_all(data, filename="some/stack.tif")
    assert [each.image.filename for each in added] == [f"stack.tif#{n}" for n in range(1, 6)]
    assert {each.image.group for each in added} == {"stack.tif"}
    assert refused == []
    assert len({images.original(each.image.id) for each in added}) == 1
    for n, each in enumerate(added):
        assert np.array_equal(images.original_values(each.image.id), STACK[n])
        assert images.reading(each.image.id)["page"] == n + 1
    again, _ = images.add_all(data, filename="some/stack.tif")
    assert [each.created for each in again] == [False] * 5
    original = images.original(added[0].image.id)
    for each in added:
        assert original.is_file()
        images.delete(each.image.id)
    assert not original.exists()


def test_one_page_when_asked(images):
    added = images.add(tiff(STACK, photometric="minisblack"), filename="stack.tif", page=3, group="g")
    assert (added.image.filename, added.image.group, added.notes) == ("stack.tif#3", "g", ())
    assert np.array_equal(images.original_values(added.image.id), STACK[2])


def test_the_first_page_is_never_silent(images):
    data = tiff(STACK, photometric="minisblack")
    seen = images.identify(data, filename="stack.tif")
    added = images.add(data, filename="stack.tif")
    assert added.notes == seen.notes == ("stack.tif has 5 pages: this is the first",)
    assert (added.image.filename, added.page, added.pages) == ("stack.tif#1", 1, 5)


def test_a_bad_page_costs_that_page(images):
    buffer = BytesIO()
    with tifffile.TiffWriter(buffer) as file:
        file.write(STACK[0], metadata=None)
        file.write(np.zeros((4, 5000), np.uint8), metadata=None)
        file.write(STACK[1], metadata=None)
    results = list(images.add_pages(buffer.getvalue(), filename="mixed.tif"))
    assert [type(each) for each in results] == [AddedImage, RefusedPage, AddedImage]
    assert results[1].name == "mixed.tif#2"
    assert "too narrow" in results[1].why


def test_too_many_pages_are_refused_before_any_is_stored(images):
    images._max_pages = 4
    with pytest.raises(InvalidInput, match=r"^stack.tif has 5 pages; the limit is 4 \(SAMSTUDIO_MAX_PAGES\)"):
        images.add_pages(tiff(STACK, photometric="minisblack"), filename="stack.tif")
    assert images.count() == 0


def test_a_picture_of_one_page_keeps_its_name_and_has_no_group(images):
    added, _ = images.add_all(encoded(STACK[0], "PNG"), filename="a.png")
    assert (added[0].image.filename, added[0].image.group) == ("a.png", None)


@pytest.mark.parametrize("options", [{}, {"imagej": True, "metadata": {"axes": "ZCYX"}}])
def test_a_recorded_reading_repeats_the_pixels(images, options):
    values = np.random.default_rng(3).integers(0, 50_000, (3, 2, 24, 36)).astype(np.uint16)
    values = values if options else values[:, 0]
    added, _ = images.add_all(tiff(values, photometric="minisblack", **options), filename="s.tif")
    for each in added:
        reading = images.reading(each.image.id)
        again = read_pages(
            images.original(each.image.id).read_bytes(),
            filename="s.tif",
            max_pixels=10**6,
            options=ReadOptions.repeating(reading),
        ).decode(reading["page"])
        assert np.array_equal(again.pixels, images.pixels(each.image.id))
