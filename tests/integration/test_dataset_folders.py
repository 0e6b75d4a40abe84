"""Folders in and out of a real dataset: real files, real SQLite."""

import json
import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pycocotools.coco import COCO

from samstudio.db.engine import open_database
from samstudio.domain import AnnotationStatus, InvalidInput, NewAnnotation, Unavailable
from samstudio.masks import decode_rle, encode_rle, label_rles
from samstudio.services.annotations import AnnotationService
from samstudio.services.dataset_io import DatasetService
from samstudio.services.images import ImageService
from tests.synthetic import write_folder


class Place:
    """A storage folder with its services."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = open_database(f"sqlite:///{folder / 'studio.db'}")
        self.images = ImageService(
            database=self.database, folder=folder / "images", max_bytes=10**7, max_pixels=10**7
        )
        self.annotations = AnnotationService(database=self.database)
        self.datasets = DatasetService(images=self.images, annotations=self.annotations)

    def masks(self):
        """Every mask as (image id, counts), sorted."""
        return sorted((a.image_id, a.rle["counts"]) for a in self.annotations.list())


@pytest.fixture
def place(tmp_path):
    made = Place(tmp_path / "storage")
    yield made
    made.database.close()


@pytest.fixture
def other(tmp_path):
    made = Place(tmp_path / "other")
    yield made
    made.database.close()


@pytest.fixture
def folder(tmp_path):
    return write_folder(tmp_path / "data", count=3, size=64)


def test_images_with_masks_come_in_once(place, folder):
    images, masks = folder
    seen = []
    report = place.datasets.import_folder(
        images, masks=masks, category="  tile ", progress=lambda *step: seen.append(step)
    )
    assert (report.images, report.annotations, report.skipped) == (3, 6, [])
    assert seen[0] == (0, 3, "picture_00.png")
    assert seen[-1] == (3, 3, "")
    first = place.images.list()[0]
    assert first.filename == "picture_00.png"
    found = place.annotations.list(first.id)
    labels = np.asarray(Image.open(masks / "picture_00.png"))
    expected = [decode_rle(rle) for rle in label_rles(labels)]
    assert all(np.array_equal(decode_rle(a.rle), m) for a, m in zip(found, expected, strict=True))
    assert {a.category.name for a in found} == {"tile"}
    assert {a.status for a in found} == {AnnotationStatus.ACCEPTED}

    again = place.datasets.import_folder(images, masks=masks, category="tile")
    assert (again.images, again.annotations) == (0, 0)
    assert (again.known_images, again.known_annotations) == (3, 6)
    assert place.datasets.stats().accepted == 6


def test_a_rejected_mask_is_not_brought_back(place, folder):
    images, masks = folder
    place.datasets.import_folder(images, masks=masks)
    place.annotations.delete(1)
    place.datasets.import_folder(images, masks=masks)
    assert place.annotations.get(1).status is AnnotationStatus.REJECTED
    assert place.annotations.counts().accepted == 5


def test_limit_status_and_no_masks(place, folder):
    images, masks = folder
    report = place.datasets.import_folder(images, masks=masks, limit=2, status=AnnotationStatus.PROPOSED)
    assert (report.images, report.annotations, report.skipped) == (2, 4, [])
    assert [i.filename for i in place.images.list()] == ["picture_00.png", "picture_01.png"]
    assert place.annotations.counts().proposed == 4
    assert place.datasets.import_folder(images).images == 1
    with pytest.raises(InvalidInput, match=r"the limit is 0"):
        place.datasets.import_folder(images, limit=0)


def test_bad_files_are_reported_and_stop_nothing(place, folder):
    images, masks = folder
    (images / "aaa_notes.png").write_text("I am text")
    (images / "readme.txt").write_text("hello")
    (images / ".hidden").write_text("hello")
    jpeg = images / "broken.jpg"
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)).save(jpeg)
    jpeg.write_bytes(jpeg.read_bytes()[:900])
    (images / "picture_00.png").rename(images / "unpaired.png")
    Image.new("L", (9, 9), 1).save(masks / "picture_01.png")
    Image.new("L", (64, 64)).save(masks / "picture_02.png")
    report = place.datasets.import_folder(images, masks=masks)
    assert (report.images, report.annotations) == (3, 0)
    assert dict(report.skipped) == {
        "aaa_notes.png": "aaa_notes.png is not an image that can be read: "
        "JPEG, PNG, WebP, BMP, TIFF, GIF, JPEG 2000, HEIC, AVIF, DICOM and NIfTI are",
        "broken.jpg": dict(report.skipped)["broken.jpg"],
        "picture_01.png": "mask picture_01.png is 9x9 pixels but its image is 64x64: they must have one size",
        "readme.txt": "readme.txt is not named like an image",
        "unpaired.png": "has no mask unpaired.png; the image came in without objects",
        "picture_00.png": "mask picture_00.png has no image of that name",
    }
    assert dict(report.skipped)["broken.jpg"].startswith("broken.jpg is truncated: ")


def test_missing_and_empty_folders(place, folder, tmp_path):
    images, masks = folder
    with pytest.raises(InvalidInput, match=r"the masks folder .*nowhere does not exist"):
        place.datasets.import_folder(images, masks=tmp_path / "nowhere")
    with pytest.raises(InvalidInput, match=r"the images folder .*nowhere does not exist"):
        place.datasets.import_folder(tmp_path / "nowhere", masks=masks)
    with pytest.raises(InvalidInput, match=r"is not a folder"):
        place.datasets.import_folder(masks / "picture_00.png")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InvalidInput, match=r"empty holds no image: JPEG, PNG"):
        place.datasets.import_folder(tmp_path / "empty")
    with pytest.raises(InvalidInput, match="not both"):
        place.datasets.import_folder(images, masks=masks, coco=tmp_path / "a.json")
    assert place.images.count() == 0


def test_coco_round_trip(place, other, folder, tmp_path):
    images, masks = folder
    place.datasets.import_folder(images, masks=masks, category="tile")
    overlap = np.zeros((64, 64), bool)
    overlap[10:50, 10:50] = True
    image = place.images.list()[0]
    place.annotations.add(NewAnnotation(image.id, "whole", encode_rle(overlap)))
    place.annotations.add(NewAnnotation(image.id, "no", encode_rle(~overlap), AnnotationStatus.REJECTED))
    out = tmp_path / "out"
    report = place.datasets.export("coco", out)
    assert (report.images, report.annotations, report.files, report.notes) == (3, 7, 4, [])

    read = COCO(str(out / "annotations.json"))
    assert len(read.anns) == 7
    for annotation in read.loadAnns(read.getAnnIds()):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # pycocotools speaks numpy 1's array protocol
            mask = read.annToMask(annotation).astype(bool)
        ys, xs = np.nonzero(mask)
        assert annotation["bbox"] == [xs.min(), ys.min(), np.ptp(xs) + 1, np.ptp(ys) + 1]
        assert annotation["area"] == mask.sum()

    back = other.datasets.import_folder(out / "images", coco=out / "annotations.json")
    assert (back.images, back.annotations, back.skipped) == (3, 7, [])
    assert other.masks() == [m for m in place.masks() if m != (image.id, encode_rle(~overlap)["counts"])]
    assert [c.name for c in other.annotations.categories()] == ["tile", "whole", "no"]


def test_masks_round_trip(place, other, folder, tmp_path):
    images, masks = folder
    place.datasets.import_folder(images, masks=masks)
    report = place.datasets.export("masks", tmp_path / "out")
    assert (report.images, report.annotations, report.files, report.notes) == (3, 6, 7, [])
    with Image.open(tmp_path / "out" / "masks" / "picture_00.png") as label:
        assert label.mode == "I;16"
    back = other.datasets.import_folder(tmp_path / "out" / "images", masks=tmp_path / "out" / "masks")
    assert (back.images, back.annotations, back.skipped) == (3, 6, [])
    assert other.masks() == place.masks()


def test_overlaps_in_label_pictures_are_told(place, folder, tmp_path):
    image = place.images.add((folder[0] / "picture_00.png").read_bytes(), filename="a.png").image
    large = np.zeros((64, 64), bool)
    large[5:60, 5:60] = True
    small = np.zeros((64, 64), bool)
    small[20:30, 20:30] = True
    for mask in (small, large):
        place.annotations.add(NewAnnotation(image.id, "x", encode_rle(mask)))
    report = place.datasets.export("masks", tmp_path / "out")
    assert report.notes[0].startswith("100 pixels belong to several objects")
    labels = np.asarray(Image.open(tmp_path / "out" / "masks" / "a.png"))
    assert np.array_equal(labels == 1, small)
    assert np.array_equal(labels == 2, large & ~small)


def test_equal_names_are_told_apart(place, tmp_path, folder):
    for index, name in enumerate(["a.png", "A.png", "a.bmp"]):
        data = (folder[0] / f"picture_0{index}.png").read_bytes()
        image = place.images.add(data, filename=name).image
        place.annotations.add(NewAnnotation(image.id, "x", encode_rle(np.ones((64, 64), bool))))
    place.datasets.export("masks", tmp_path / "out")
    ids = [image.id[:8] for image in place.images.list()]
    names = {p.name for p in (tmp_path / "out" / "images").iterdir()}
    assert names == {"a.png", f"A-{ids[1]}.png", f"a-{ids[2]}.png"}
    assert {p.name for p in (tmp_path / "out" / "masks").iterdir()} == names


def test_an_export_leaves_other_files_alone_and_overwrites_its_own(place, folder, tmp_path):
    images, masks = folder
    place.datasets.import_folder(images, masks=masks, limit=1)
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("keep me")
    place.datasets.export("coco", out)
    place.datasets.export("coco", out)
    assert (out / "mine.txt").read_text() == "keep me"
    assert len(json.loads((out / "annotations.json").read_text())["images"]) == 1
    assert not list(out.rglob("*.part*"))


def test_exports_that_cannot_be(place, folder, tmp_path):
    with pytest.raises(InvalidInput, match="nothing to export: accept at least one mask"):
        place.datasets.export("coco", tmp_path / "out")
    with pytest.raises(InvalidInput, match="no format 'pascal': choose one of coco, yolo, voc, masks"):
        place.datasets.export("pascal", tmp_path / "out")
    place.datasets.import_folder(folder[0], masks=folder[1])
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidInput, match="is a file: name a folder"):
        place.datasets.export("coco", tmp_path / "file")
    with pytest.raises(Unavailable, match="failed"):
        place.datasets.export("coco", tmp_path / "file" / "below")


def test_stats(place, folder):
    assert place.datasets.stats().images == 0
    place.datasets.import_folder(folder[0], masks=folder[1], limit=2)
    stats = place.datasets.stats()
    assert (stats.images, stats.images_with_accepted, stats.accepted) == (2, 2, 4)
    assert [(c.name, n) for c, n in stats.categories] == [("object", 4)]
    assert stats.image_bytes == sum(place.images.path(i.id).stat().st_size for i in place.images.list())
