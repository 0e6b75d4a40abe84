"""Files of several pages in an import: every page is an image, and nothing of them is silent."""

import json
from io import BytesIO

import numpy as np
import pytest
import tifffile
from PIL import Image

from samstudio.services.dataset_io.imports.masks import page_masks
from samstudio.services.dataset_io.imports.options import ImportOptions
from samstudio.services.dataset_io.imports.reading import EntryKind
from samstudio.services.dataset_io.imports.service import Importer
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from samstudio.services.dataset_io.staging.doubt_pictures import DoubtPictures
from samstudio.services.images import ReadOptions
from tests.unit.services.dataset_io.imports.accounts import planned
from tests.unit.services.pictures import colours, encoded, tiff

STACK = np.random.default_rng(0).integers(0, 255, (5, 40, 60)).astype(np.uint8)


@pytest.fixture
def source(tmp_path):
    (tmp_path / "source" / "deep").mkdir(parents=True)
    return tmp_path / "source"


def run(images, annotations, *sources, **options):
    importer = Importer(images=images, annotations=annotations)
    chosen = ImportOptions(**options)
    plan = importer.plan(FileTree.of(*sources), chosen)
    report = importer.apply(FileTree.of(*sources), chosen)
    assert plan.report == planned(report)
    assert not any(group.code == "unaccounted" for group in report.groups)
    return plan, report


def names(images):
    return [(image.filename, image.group) for image in images.list()]


def test_a_stack_and_a_thumbnail(images, annotations, source):
    """The stack was its first page alone, and the thumbnail was taken for the image."""
    (source / "deep" / "stack.tif").write_bytes(tiff(STACK, photometric="minisblack"))
    buffer = BytesIO()
    with tifffile.TiffWriter(buffer) as file:
        file.write(np.roll(STACK[0], 3)[::4, ::4].copy(), subfiletype=1)
        file.write(np.roll(STACK[0], 3))
    (source / "thumb_first.tif").write_bytes(buffer.getvalue())
    _, report = run(images, annotations, source)
    assert report.images == 6
    assert names(images) == [(f"stack.tif#{n}", "deep/stack.tif") for n in range(1, 6)] + [
        ("thumb_first.tif", None)
    ]
    assert {image.size for image in images.list()} == {(40, 60)}
    said = "has 2 pages, of which 1 (15x10 pixels) is a reduced copy or a mask of another: left out"
    assert f"thumb_first.tif: {said}" in [group.text for group in report.groups]
    _, again = run(images, annotations, source)
    assert (again.images, again.known_images) == (0, 6)


def test_animations_and_still_pictures(images, annotations, source):
    frames = [Image.fromarray(colours(40, 60, seed=seed)) for seed in range(3)]
    for kind in ("png", "webp", "gif"):
        options = {"lossless": True} if kind == "webp" else {}
        shifted = [frame.rotate(180 if kind == "webp" else 0) for frame in frames]
        shifted[0].save(source / f"a.{kind}", save_all=True, append_images=shifted[1:], **options)
        shifted[0].transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(source / f"still.{kind}", **options)
    _, report = run(images, annotations, source)
    assert report.images == 12
    assert ("a.webp#3", "a.webp") in names(images)
    assert ("still.gif", None) in names(images)


def test_annotations_of_a_stack_are_those_of_its_first_page(images, annotations, source):
    (source / "stack.tif").write_bytes(tiff(STACK, photometric="minisblack"))
    box = [10, 10, 30, 10, 30, 25, 10, 25]
    document = {
        "images": [{"id": 1, "file_name": "stack.tif", "width": 60, "height": 40}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "segmentation": [box]}],
        "categories": [{"id": 1, "name": "cell"}],
    }
    (source / "coco.json").write_text(json.dumps(document))
    _, report = run(images, annotations, source)
    assert (report.images, report.annotations) == (5, 1)
    assert annotations.list()[0].image_id == images.list()[0].id


def test_that_a_stack_has_no_labels_is_said_of_each_page(images, annotations, source):
    (source / "stack.tif").write_bytes(tiff(STACK, photometric="minisblack"))
    (source / "a.png").write_bytes(encoded(colours(), "PNG"))
    (source / "a.txt").write_text("0 0.2 0.2 0.8 0.2 0.8 0.8 0.2 0.8")
    (source / "data.yaml").write_text("names: [cell]\n")
    _, report = run(images, annotations, source)
    assert (report.images, report.annotations) == (6, 1)
    (group,) = (group for group in report.groups if group.code == "no_labels")
    assert list(group.names) == [f"stack.tif#{page}" for page in range(1, 6)]


def mask_stack(kind):
    """A mask a page: page k has a block of value k at column 10 (k - 1), page 3 none at all."""
    values = np.zeros((5, 40, 60), kind)
    for page in range(5):
        values[page, 5:20, 10 * page : 10 * page + 8] = 0 if page == 2 else page + 1
    return values


def by_page(images, annotations):
    """By the name of each page, the first columns of its objects."""
    return {
        image.filename: [int(one.box[0]) for one in annotations.list(image.id)] for image in images.list()
    }


WRITTEN = {
    "pages": {"metadata": None},
    "imagej": {"imagej": True, "metadata": {"axes": "ZYX"}},
    "ome": {"ome": True, "metadata": {"axes": "TYX"}},
    "compressed": {"compression": "zlib"},
}


@pytest.mark.parametrize("name", ["stack_cp_masks.tif", "masks/stack.tif", "labels/stack.tiff"])
@pytest.mark.parametrize(
    ("written", "kind"),
    [
        (written, kind)
        for written in WRITTEN
        for kind in (np.uint8, np.uint16, np.float32, np.int32, np.uint32)
        if written != "imagej" or kind not in (np.int32, np.uint32)  # of which ImageJ has none
    ],
)
def test_page_k_of_the_masks_is_of_page_k(images, annotations, source, name, kind, written):
    (source / name).parent.mkdir(exist_ok=True)
    picture = source / ("images" if "/" in name else "") / "stack.tif"
    picture.parent.mkdir(exist_ok=True)
    picture.write_bytes(tiff(STACK, photometric="minisblack"))
    (source / name).write_bytes(tiff(mask_stack(kind), photometric="minisblack", **WRITTEN[written]))
    _, report = run(images, annotations, source)
    expected = {f"stack.tif#{n}": [] if n == 3 else [10 * (n - 1)] for n in range(1, 6)}
    assert by_page(images, annotations) == expected
    assert (report.images, report.annotations, report.skipped) == (5, 4, [])


@pytest.mark.parametrize("pages", [2, 4, 6])
def test_stacks_of_other_numbers_of_pages_are_said_once_with_both(images, annotations, source, pages):
    (source / "stack.tif").write_bytes(tiff(STACK, photometric="minisblack"))
    masks = np.resize(mask_stack(np.uint8), (pages, 40, 60))
    (source / "stack_masks.tif").write_bytes(tiff(masks, photometric="minisblack"))
    _, report = run(images, annotations, source)
    assert (report.images, report.annotations) == (5, 0)
    (left,) = [group for group in report.groups if group.left_out]
    assert left.text == f"mask stack_masks.tif has {pages} pages and its image 5: they must have as many"
    assert left.count == 1


def test_a_stack_of_masks_is_opened_once(images, annotations, source, monkeypatch):
    opened = []
    read = page_masks.open_mask

    def counted(path, *, size):
        opened.append(path.name)
        return read(path, size=size)

    monkeypatch.setattr(page_masks, "open_mask", counted)
    (source / "stack.tif").write_bytes(tiff(STACK, photometric="minisblack"))
    (source / "stack_masks.tif").write_bytes(tiff(mask_stack(np.uint8), photometric="minisblack"))
    Importer(images=images, annotations=annotations).plan(FileTree.of(source))
    assert opened == ["stack_masks.tif"]


def test_what_was_decided_about_many_files_is_told_once(images, annotations, source):
    for n in range(4):
        values = np.roll(np.dstack([STACK[0]] * 5), n, axis=0)
        (source / f"{n}.tif").write_bytes(tiff(values, photometric="minisblack", planarconfig="contig"))
    plan, report = run(images, annotations, source)
    assert [group.text for group in report.groups] == [
        "4 images: has 5 channels: the first three are shown as red, green and blue: "
        "0.tif, 1.tif, 2.tif, 3.tif"
    ]
    assert DoubtPictures(images).draw(plan, plan.doubts, source.parent / "drawn") == {0, 1, 2, 3}


def test_a_doubt_about_a_page_is_drawn(images, annotations, source):
    values = np.random.default_rng(1).integers(0, 9000, (2, 4, 40, 60)).astype(np.uint16)
    (source / "s.tif").write_bytes(
        tiff(values, ome=True, photometric="minisblack", metadata={"axes": "ZCYX"})
    )
    plan, _ = run(images, annotations, source)
    assert [doubt.image for doubt in plan.doubts] == ["s.tif#1", "s.tif#2"]
    assert DoubtPictures(images).draw(plan, plan.doubts, source.parent / "drawn") == {0, 1}


def test_too_many_pages_are_left_out_with_the_reason(images, annotations, source):
    images._max_pages = 4
    (source / "stack.tif").write_bytes(tiff(STACK, photometric="minisblack"))
    (source / "one.png").write_bytes(encoded(STACK[0], "PNG"))
    plan, report = run(images, annotations, source)
    assert report.images == 1
    assert plan.tally.counts(EntryKind.IMAGE)["skipped"] == 1
    assert [group.text for group in report.groups] == [
        "stack.tif has 5 pages; the limit is 4 (SAMSTUDIO_MAX_PAGES)"
    ]


def test_a_bad_page_and_a_bad_file_cost_no_other(images, annotations, source):
    buffer = BytesIO()
    with tifffile.TiffWriter(buffer) as file:
        file.write(STACK[0], metadata=None)
        file.write(np.zeros((3, 5000), np.uint8), metadata=None)
        file.write(STACK[1], metadata=None)
    (source / "mixed.tif").write_bytes(buffer.getvalue())
    (source / "broken.tif").write_bytes(tiff(STACK)[:50])
    _, report = run(images, annotations, source)
    assert [name for name, _ in names(images)] == ["mixed.tif#1", "mixed.tif#3"]
    assert len(report.skipped) == 2


def test_the_limit_counts_pages(images, annotations, source):
    (source / "stack.tif").write_bytes(tiff(STACK, photometric="minisblack"))
    (source / "z.png").write_bytes(encoded(STACK[0], "PNG"))
    _, report = run(images, annotations, source, limit=2)
    assert report.images == 2


def test_a_page_can_be_left_out(images, annotations, source):
    (source / "stack.tif").write_bytes(tiff(STACK, photometric="minisblack"))
    run(images, annotations, source, leave_out=frozenset({"stack.tif#2"}))
    assert [name for name, _ in names(images)] == [f"stack.tif#{n}" for n in (1, 3, 4, 5)]


def test_one_page_channels_and_contrast_are_chosen(images, annotations, source):
    values = np.zeros((2, 3, 40, 60), np.uint16)
    values[1, 2, :20] = 500
    (source / "s.tif").write_bytes(tiff(values, imagej=True, metadata={"axes": "ZCYX"}))
    (source / "z.png").write_bytes(encoded(STACK[0], "PNG"))
    read = ReadOptions.parsed("3", "0:1000")
    _, report = run(images, annotations, source, page=2, read=read)
    assert names(images) == [("s.tif#2", "s.tif")]
    assert images.pixels(images.list()[0].id)[0, 0].tolist() == [128, 128, 128]
    assert [group.text for group in report.groups] == ["z.png has 1 channel, and no channel 3"]
    _, report = run(images, annotations, source, page=7)
    assert report.groups[0].text == "s.tif has 2 pages, and no page 7"


def masks_of_stack(count=3):
    masks = np.zeros((count, 40, 60), np.uint8)
    for n in range(count):
        masks[n, 5 : 10 + 3 * n, 5:15] = 1
        masks[n, 25:35, 20 : 30 + n] = 2
    return masks


def by_image(images, annotations):
    return {image.filename: [each.area for each in annotations.list(image.id)] for image in images.list()}


def test_a_stack_of_masks_is_read_page_by_page(images, annotations, source):
    (source / "images").mkdir()
    (source / "masks").mkdir()
    (source / "images" / "s.tif").write_bytes(tiff(STACK[:3], photometric="minisblack"))
    masks = masks_of_stack()
    (source / "masks" / "s.tif").write_bytes(tiff(masks, photometric="minisblack"))
    _, report = run(images, annotations, source, format="masks")
    assert report.annotations == 6
    assert by_image(images, annotations) == {
        f"s.tif#{n + 1}": [int((masks[n] == value).sum()) for value in (1, 2)] for n in range(3)
    }


def test_a_stack_of_masks_of_another_length_is_left_out(images, annotations, source):
    (source / "images").mkdir()
    (source / "masks").mkdir()
    (source / "images" / "s.tif").write_bytes(tiff(STACK[:4], photometric="minisblack"))
    (source / "masks" / "s.tif").write_bytes(tiff(masks_of_stack(), photometric="minisblack"))
    _, report = run(images, annotations, source, format="masks")
    assert (report.images, report.annotations) == (4, 0)
    assert any("has 3 pages and its image 4" in group.text for group in report.groups)


@pytest.mark.parametrize(("page", "where"), [(None, "s.tif#1"), (2, "s.tif#2")])
def test_one_mask_of_a_stack_is_that_of_its_first_page(images, annotations, source, page, where):
    (source / "images").mkdir()
    (source / "masks").mkdir()
    (source / "images" / "s.tif").write_bytes(tiff(STACK[:3], photometric="minisblack"))
    Image.fromarray(masks_of_stack()[0]).save(source / "masks" / "s.png")
    _, report = run(images, annotations, source, format="masks", page=page)
    found = by_image(images, annotations)
    assert report.annotations == len(found[where]) == 2


def test_the_plan_tells_of_pixel_sizes(images, annotations, source):
    """Measurements rest on them, and a wrong one is seen only where somebody reads it."""
    scanned = {"resolution": (20_000, 20_000), "resolutionunit": "CENTIMETER"}
    for name, shift in (("a.tif", 0), ("b.tif", 3)):
        data = tiff(np.roll(STACK[0], shift), photometric="minisblack", imagej=True, **scanned)
        (source / name).write_bytes(data)
    (source / "c.png").write_bytes(encoded(STACK[1], "PNG"))
    plan, _ = run(images, annotations, source)
    assert {image.filename for image in images.list() if image.pixel_size} == {"a.tif", "b.tif"}
    assert "2 images: has pixels of 0.5um: a.tif, b.tif" in [group.text for group in plan.groups]
    _, again = run(images, annotations, source)
    assert not any("pixels of" in group.text for group in again.groups)
