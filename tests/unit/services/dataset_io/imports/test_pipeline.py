"""The one way in: every entry has one outcome, the plan tells what the import does, twice adds nothing."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from sqlalchemy.exc import OperationalError

from samstudio.domain import AnnotationStatus, InvalidInput, Unavailable
from samstudio.masks import encode_rle
from samstudio.services.dataset_io import DatasetService
from samstudio.services.dataset_io.imports.formats import IMPORT_FORMATS, ImportFormat, Recognised, Sureness
from samstudio.services.dataset_io.imports.options import ImportOptions
from samstudio.services.dataset_io.imports.outcomes import grouped
from samstudio.services.dataset_io.imports.reading import (
    EntryKind,
    FoundImage,
    FoundObject,
    FoundObjects,
    Reading,
    Skipped,
)
from samstudio.services.dataset_io.imports.service import Importer
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from tests.unit.services.dataset_io.imports.accounts import planned

SIZE = (40, 60)
POLYGON = [10, 10, 30, 10, 30, 25, 10, 25]


@pytest.fixture
def source(tmp_path):
    (tmp_path / "source").mkdir()
    return tmp_path / "source"


@pytest.fixture
def importer(images, annotations):
    return Importer(images=images, annotations=annotations)


def picture(path: Path, seed: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 255, (*SIZE, 3), np.uint8)
    Image.fromarray(pixels).save(path)
    return path


def mask(path: Path, *values: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    labels = np.zeros(SIZE, np.uint8)
    for n, value in enumerate(values):
        labels[4 + 10 * n : 10 + 10 * n, 5:25] = value
    Image.fromarray(labels).save(path)
    return path


def coco(path: Path, names, annotations):
    images = [{"id": n, "file_name": name, "width": 60, "height": 40} for n, name in enumerate(names, 1)]
    listed = [
        {"id": n, "image_id": 1, "category_id": 1, "segmentation": [POLYGON], **each}
        for n, each in enumerate(annotations)
    ]
    document = {"images": images, "annotations": listed, "categories": [{"id": 1, "name": "cell"}]}
    path.write_text(json.dumps(document))


def apply(importer, *sources, **options):
    """Plan, import, and compare what the two say: the same, one of the future and one of the past."""
    tree, chosen = FileTree.of(*sources), ImportOptions(**options)
    plan = importer.plan(tree, chosen).report
    report = importer.apply(FileTree.of(*sources), chosen)
    assert plan == planned(report)
    assert not any(group.code == "unaccounted" for group in report.groups)
    return report


def texts(report):
    return [group.text for group in report.groups]


def test_a_plan_writes_nothing(importer, images, annotations, source):
    picture(source / "a.png")
    coco(source / "a.json", ["a.png"], [{}])
    plan = importer.plan(FileTree.of(source))
    assert (plan.format, plan.report.images, plan.report.annotations) == ("coco", 1, 1)
    assert images.count() == 0
    assert annotations.list() == []
    assert annotations.categories() == []


def test_twice_adds_nothing_whatever_a_person_changed_meanwhile(importer, annotations, source):
    picture(source / "a.png")
    coco(source / "a.json", ["a.png"], [{"segmentation": [[x + 2 * n for x in POLYGON]]} for n in range(4)])
    assert apply(importer, source).annotations == 4
    first, second, third, _ = annotations.list()
    changed = np.zeros(SIZE, bool)
    changed[1:3, 1:3] = True
    annotations.update(first.id, revision=1, rle=encode_rle(changed))
    annotations.update(second.id, revision=1, category="nucleus")
    annotations.delete(third.id)
    again = apply(importer, source)
    assert (again.images, again.annotations, again.known_images, again.known_annotations) == (0, 0, 1, 4)
    assert len(annotations.list()) == 4
    assert annotations.get(third.id).status is AnnotationStatus.REJECTED


def test_objects_of_an_earlier_release_are_known(importer, annotations, images, source):
    path = picture(source / "a.png")
    coco(source / "a.json", ["a.png"], [{}])
    apply(importer, source)
    (stored,) = annotations.list()
    with annotations._database.write() as session:
        session.connection().exec_driver_sql("UPDATE annotations SET client_id = NULL")
    assert apply(importer, source).known_annotations == 1
    assert annotations.list()[0].id == stored.id
    assert images.named(str(path))[0].id == stored.image_id


def test_the_same_mask_in_two_categories_is_two_objects(importer, annotations, source):
    picture(source / "i" / "a.png")
    mask(source / "m" / "a.png", 1)
    for category in ("cell", "nucleus"):
        done = apply(importer, source / "i", format="masks", source=source / "m", category=category)
        assert (done.annotations, done.known_annotations) == (1, 0)
    assert [each.category.name for each in annotations.list()] == ["cell", "nucleus"]


def test_an_object_listed_twice_is_one(importer, source):
    picture(source / "a.png")
    coco(source / "a.json", ["a.png"], [{}, {}])
    done = apply(importer, source)
    assert (done.annotations, done.known_annotations) == (1, 1)


def test_folders_below_come_in_with_those_of_one_name(importer, images, source):
    for n, name in enumerate(("top.png", "day1/a.png", "day2/a.png", "day2/deep/er/b.png")):
        picture(source / name, n)
    (source / "day1" / "notes.txt").write_text("hello")
    done = apply(importer, source)
    assert done.images == 4
    assert sorted(image.filename for image in images.list()) == ["a.png", "a.png", "b.png", "top.png"]
    assert texts(done) == ["day1/notes.txt is not named like an image"]
    assert done.outcomes["file"] == {"taken": 0, "known": 0, "skipped": 1}


def test_many_entries_of_one_reason_are_one_sentence(importer, source):
    for n in range(7):
        picture(source / "i" / f"im_{n}.png", n)
    mask(source / "m" / "im_3.png", 1)
    done = apply(importer, source / "i", format="masks", source=source / "m")
    assert texts(done) == [
        "6 images: have no mask; they came in without objects: "
        "im_0.png, im_1.png, im_2.png, im_4.png, im_5.png and 1 more"
    ]
    assert len(done.skipped) == 6


@pytest.mark.parametrize("others", [[], ["photos/z.png"]])
def test_masks_alone_are_no_pictures(importer, images, source, others):
    for n, name in enumerate(others):
        picture(source / name, n)
    for n in range(3):
        mask(source / "masks" / f"{n}.png", n + 1)
    done = apply(importer, source)
    assert [image.filename for image in images.list()] == [name.rsplit("/")[-1] for name in others]
    assert any("but no images of their names came with them" in text for text in texts(done))
    assert done.outcomes["image"] == {"taken": len(others), "known": 0, "skipped": 3}
    assert apply(importer, source, doubtful=True).images == 3


def test_a_folder_of_masks_alone_is_no_folder_of_pictures(importer, images, source):
    picture(source / "photos" / "2.png")
    apply(importer, source / "photos")
    mask(source / "masks" / "1.png", 1)
    assert apply(importer, source / "masks").outcomes["image"] == {"taken": 0, "known": 0, "skipped": 1}
    assert images.count() == 1


def test_entries_of_one_code_and_two_reasons_are_told_apart():
    given = (("a", "x"), ("b", "x"), ("c", "y"))
    entries = [Skipped(name, f"{name} is {why}", code="archive_entry") for name, why in given]
    assert [group.text for group in grouped(entries)] == ["2 objects: a is x; likewise b", "c is y"]


def test_many_broken_files_are_one_sentence(importer, source):
    picture(source / "a.png")
    for n in range(30):
        (source / f"b{n:02}.jpg").write_text("<p>not found</p>")
    done = apply(importer, source)
    assert len(done.groups) == 1
    assert texts(done)[0].startswith("30 images: b00.jpg is not an image that can be read: JPEG")
    assert texts(done)[0].endswith("; likewise b01.jpg, b02.jpg, b03.jpg, b04.jpg and 25 more")


def test_an_image_whose_name_is_a_part_of_a_word_is_named(importer, source):
    picture(source / "b.png")
    coco(source / "a.json", ["a", "b.png"], [{}])
    assert "a: an object was left out with its image" in texts(apply(importer, source))


@pytest.mark.parametrize("name", ["c.png", "c_mask.png", "c-label.png", "masks/c.png"])
@pytest.mark.parametrize("suffix", ["jpg", "tif"])
def test_masks_among_the_images_are_masks(importer, images, annotations, source, name, suffix):
    picture(source / f"c.{suffix}")
    mask(source / name, 1, 2)
    done = apply(importer, source)
    assert (done.format, done.images, done.annotations) == ("masks", 1, 2)
    assert [image.filename for image in images.list()] == [f"c.{suffix}"]


def test_masks_among_images_that_come_in_alone_are_held_back(importer, images, source):
    picture(source / "c.jpg")
    mask(source / "c.png", 1)
    done = apply(importer, source, format="images")
    assert (done.images, texts(done)) == (
        1,
        ["c.png: looks like a mask of c.jpg, not like a picture to learn from"],
    )
    assert apply(importer, source, format="images", doubtful=True).images == 1


def test_two_photographs_of_one_name_are_two_images(importer, source):
    picture(source / "c.jpg", 1)
    picture(source / "c.png", 2)
    assert apply(importer, source).images == 2


def test_two_files_of_the_same_pixels_are_one_image_and_other_masks_are_said(importer, annotations, source):
    for name in ("a.png", "b.png", "c.png"):
        picture(source / "i" / name)
    mask(source / "m" / "a.png", 1, 2)
    mask(source / "m" / "b.png", 1, 2)
    mask(source / "m" / "c.png", 1, 0, 2)
    done = apply(importer, source / "i", format="masks", source=source / "m")
    assert (done.images, done.known_images, done.annotations, done.known_annotations) == (1, 2, 2, 3)
    assert len(annotations.list()) == 2
    assert texts(done) == [
        "value 2 of c.png: c.png has the pixels of a.png but other masks",
        "2 images: are the same picture as another image of this import: b.png, c.png",
    ]


def test_an_annotation_file_alone_is_for_the_images_of_the_dataset(importer, annotations, source):
    picture(source / "i" / "a.png")
    apply(importer, source / "i")
    coco(source / "a.json", ["train/a.png", "gone.png"], [{}, {"image_id": 2}])
    done = apply(importer, source / "a.json")
    assert (done.known_images, done.annotations) == (1, 1)
    assert texts(done) == [
        "gone.png is listed but neither in the source nor in the dataset",
        "gone.png: an object was left out with its image",
    ]


def test_a_name_that_several_images_of_the_dataset_have_is_not_guessed(importer, annotations, source):
    for n in range(2):
        picture(source / "i" / str(n) / "a.png", n)
    apply(importer, source / "i")
    coco(source / "a.json", ["a.png"], [{}])
    importer.apply(FileTree.of(source / "a.json"))
    assert annotations.list() == []


def test_images_beside_an_annotation_file_are_looked_for_there_alone(importer, annotations, source):
    picture(source / "old" / "0001.png", 1)
    apply(importer, source / "old")
    picture(source / "new" / "0002.png", 2)
    coco(source / "new" / "a.json", ["0001.png", "0002.png"], [{}])
    done = apply(importer, source / "new")
    assert annotations.list() == []
    assert "0001.png is listed but not there" in texts(done)


def test_a_limit_counts_what_it_leaves(importer, source):
    for n in range(3):
        picture(source / f"{n}.png", n)
    coco(source / "a.json", ["0.png", "1.png", "2.png"], [{}, {"image_id": 3}, {"image_id": 3}])
    done = apply(importer, source, limit=2)
    assert (done.images, done.annotations, done.skipped) == (2, 1, [])
    assert done.outcomes["image"] == {"taken": 2, "known": 0, "skipped": 0, "beyond_limit": 1}
    assert done.outcomes["object"] == {"taken": 1, "known": 0, "skipped": 0, "beyond_limit": 2}
    assert texts(done) == [
        "2.png: beyond the limit, left for later",
        "2 objects: beyond the limit, left for later: 2.png",
    ]
    assert not any(group.left_out for group in done.groups)


def test_a_limit_hides_no_problem(importer, source):
    for n in range(3):
        picture(source / f"{n}.png", n)
    coco(source / "a.json", ["0.png", "1.png", "2.png"], [{"category_id": 9}, {"image_id": 3}])
    done = apply(importer, source, limit=1)
    assert [name for name, _ in done.skipped] == ["annotation 0 of 0.png"]
    assert apply(importer, source).outcomes["image"] == {"taken": 2, "known": 1, "skipped": 0}


def test_a_cancelled_import_keeps_what_it_has_and_goes_on_when_repeated(importer, images, source):
    for n in range(4):
        picture(source / f"{n}.png", n)
    seen = []
    done = importer.apply(
        FileTree.of(source), progress=lambda *at: seen.append(at), cancelled=lambda: len(seen) >= 2
    )
    assert (done.images, images.count()) == (2, 2)
    assert done.outcomes["image"] == {"taken": 2, "known": 0, "skipped": 2}
    again = importer.apply(FileTree.of(source))
    assert (again.images, again.known_images) == (2, 2)


def test_left_out_images_are_left_out(importer, images, source):
    for n in range(2):
        picture(source / f"{n}.png", n)
    done = apply(importer, source, leave_out=frozenset({"0.png"}))
    assert (done.images, texts(done)) == (1, ["0.png: a person left it out"])


def test_crowd_regions_come_in_as_proposals_unless_they_are_trusted(importer, annotations, source):
    picture(source / "a.png")
    coco(source / "a.json", ["a.png"], [{"iscrowd": 1}, {"segmentation": [[1, 1, 5, 1, 5, 5]]}])
    assert apply(importer, source).annotations == 2
    assert [each.status.value for each in annotations.list()] == ["proposed", "accepted"]


def broken_reader(problem):
    def read(tree, _request):
        def objects(_size):
            if isinstance(problem, Exception):
                raise problem
            return problem

        names = tree.images()
        return Reading([FoundImage(name, tree.path(name), entries=2, objects=objects) for name in names])

    return ImportFormat("broken", "broken", "broken", lambda _: Recognised(Sureness.CERTAIN, "x"), read)


def test_a_fault_in_a_reader_costs_its_image(importer, source):
    picture(source / "a.png")
    with IMPORT_FORMATS.added(broken_reader(ZeroDivisionError())):
        done = apply(importer, source)
    assert done.images == 1
    assert "fault of this program" in texts(done)[0]
    assert done.outcomes["object"]["skipped"] == 2


def test_entries_that_a_reader_loses_are_said(importer, source):
    picture(source / "a.png")
    lost = FoundObjects(skipped=[Skipped("one", "no reason")])
    with IMPORT_FORMATS.added(broken_reader(lost)):
        done = importer.apply(FileTree.of(source))
    assert [(g.code, g.kind, g.count) for g in done.groups][1] == ("unaccounted", EntryKind.OBJECT, 1)


@pytest.mark.parametrize("category", ["x" * 5000, "空" * 300, "a\0b", "\ud800", "  ", "\n", "a\tb", "null"])
def test_odd_categories_cost_at_most_their_object(importer, annotations, source, category):
    picture(source / "a.png")
    odd = FoundObjects(
        [FoundObject("one", category, encode_rle(np.eye(*SIZE, dtype=bool))),
         FoundObject("two", "good", encode_rle(np.eye(*SIZE, dtype=bool)))]
    )  # fmt: skip
    with IMPORT_FORMATS.added(broken_reader(odd)):
        done = apply(importer, source)
    assert done.annotations + done.outcomes["object"]["skipped"] == 2
    assert "good" in {each.category.name for each in annotations.list()}


def test_long_categories_that_begin_alike_stay_apart(importer, annotations, source):
    picture(source / "a.png")
    rle = encode_rle(np.eye(*SIZE, dtype=bool))
    both = FoundObjects([FoundObject(end, "x" * 200 + end, rle) for end in ("one", "two")])
    with IMPORT_FORMATS.added(broken_reader(both)):
        assert apply(importer, source).annotations == 2
    assert len({each.category.name for each in annotations.list()}) == 2


def test_files_that_are_in_no_format(importer, source):
    (source / "a.txt").write_text("hello")
    with pytest.raises(InvalidInput, match="holds no image and no annotation file"):
        importer.plan(FileTree.of(source))


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("l.json", '{"shapes": 3}', "l.json is not used: it holds no annotations in the format that is"),
        ("l.json", '{"images": [{"id": 1', "l.json is not JSON"),
        ("l.json", "", "l.json is not JSON"),
        ("l.xml", "<anno", "l.xml is not XML"),
        ("l.xml", "<html/>", "l.xml is not used"),
        ("l.yaml", "{{{", "l.yaml is not YAML"),
        ("l.yml", "nc: 2", "l.yml is not used"),
        ("l.txt", "hello", "l.txt is not named like an image"),
    ],
)
def test_a_file_that_is_not_read_is_said(importer, source, name, text, why):
    picture(source / "a.png")
    (source / name).write_text(text)
    assert texts(apply(importer, source))[0].startswith(why)


def failing(*_):
    raise ZeroDivisionError("division by zero")


def test_a_format_that_fails_is_one_sentence(importer, source):
    picture(source / "a.png")
    claims = ImportFormat("one", "one", "one", lambda _: Recognised(Sureness.CERTAIN, "x"), failing)
    with IMPORT_FORMATS.added(claims), pytest.raises(InvalidInput, match="fault of this program"):
        importer.plan(FileTree.of(source))
    with IMPORT_FORMATS.added(ImportFormat("two", "two", "two", failing, failing)):
        assert apply(importer, source).images == 1


def test_a_database_that_cannot_be_written_is_one_sentence(importer, annotations, source, monkeypatch):
    picture(source / "a.png")
    coco(source / "a.json", ["a.png"], [{}])

    def full(_new):
        raise OperationalError("insert", {}, Exception("database or disk is full"))

    monkeypatch.setattr(annotations, "insert_many", full)
    with pytest.raises(Unavailable, match="database or disk is full; what came in before stays"):
        importer.apply(FileTree.of(source))
    monkeypatch.undo()
    assert importer.apply(FileTree.of(source)).annotations == 1


def test_scripts_plan_and_apply_what_they_name(images, annotations, source, tmp_path):
    picture(source / "a.png")
    coco(source / "a.json", ["a.png"], [{}])
    packed = Path(shutil.make_archive(str(tmp_path / "packed"), "gztar", source))
    datasets = DatasetService(images=images, annotations=annotations)
    plan = datasets.plan(packed)
    assert (plan.report.images, plan.report.annotations, images.count()) == (1, 1, 0)
    assert datasets.apply(packed) == plan.report
    assert datasets.apply(source, options=ImportOptions("coco")).known_annotations == 1


@pytest.mark.parametrize(
    "name", ["空" * 80 + ".png", "x" * 250 + ".png", "tab\tand\nline.png", "\udcff-not-utf8.png", "con.png"]
)
def test_odd_names_of_files_cost_nothing(importer, images, annotations, source, name):
    picture(source / "ok.png", 1)
    picture(source / "new.png", 2).rename(source / name)
    coco(source / "a.json", ["ok.png", name], [{}, {"image_id": 2}])
    done = apply(importer, source)
    assert (done.images, done.annotations, done.skipped) == (2, 2, [])
    for image in images.list():
        assert len(image.filename.encode("utf-8")) <= 200
        assert len(annotations.list(image.id)) == 1


@pytest.mark.parametrize("name", ["a\0.png", "\ud800.png", "x" * 100_000, "../" * 500 + "etc/passwd"])
def test_odd_names_in_annotation_files_cost_their_entries(importer, source, name):
    picture(source / "ok.png", 1)
    coco(source / "a.json", ["ok.png", name], [{}, {"image_id": 2}])
    done = apply(importer, source)
    assert (done.images, done.annotations) == (1, 1)
    assert done.outcomes["image"]["skipped"] == done.outcomes["object"]["skipped"] == 1
