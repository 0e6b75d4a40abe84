"""Several entries that mean, or may mean, one image; several categories that have one name."""

import json
from pathlib import Path

import pytest

from samstudio.services.dataset_io.imports.options import ImportOptions
from samstudio.services.dataset_io.imports.parsing.claims import those_meant
from samstudio.services.dataset_io.imports.service import Importer
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from tests.unit.services.dataset_io.imports.accounts import planned
from tests.unit.services.dataset_io.imports.test_masks import photo


@pytest.fixture
def importer(images, annotations):
    return Importer(images=images, annotations=annotations)


@pytest.fixture
def source(tmp_path):
    (tmp_path / "source").mkdir()
    return tmp_path / "source"


def apply(importer, source, **options):
    plan = importer.plan(FileTree.of(source), ImportOptions(**options)).report
    report = importer.apply(FileTree.of(source), ImportOptions(**options))
    assert plan == planned(report)
    assert not any(group.code == "unaccounted" for group in report.groups)
    return report


def square(at: int) -> list[int]:
    return [at, 5, at + 8, 5, at + 8, 15, at, 15]


def coco(path: Path, names: list[str], *, ids: list[object] | None = None, categories=((1, "cell"),)) -> None:
    """A file with an image entry for each name, in its order, and one object in each."""
    images = [
        {"id": number, "file_name": name, "width": 60, "height": 40}
        for number, name in zip(ids or range(len(names)), names, strict=True)
    ]
    objects = [
        {"id": n, "image_id": each["id"], "category_id": categories[n % len(categories)][0],
         "segmentation": [square(4 + 10 * n)]}
        for n, each in enumerate(images)
    ]  # fmt: skip
    listed = [{"id": number, "name": name} for number, name in categories]
    path.write_text(json.dumps({"images": images, "annotations": objects, "categories": listed}))


def cvat(path: Path, names: list[str]) -> None:
    images = "".join(
        f'<image id="{n}" name="{name}" width="60" height="40"><polygon label="a" '
        f'points="{4 + 10 * n},5;{12 + 10 * n},5;{12 + 10 * n},15"/></image>'
        for n, name in enumerate(names)
    )
    path.write_text(f"<annotations><version>1.1</version>{images}</annotations>")


WRITERS = {"coco": lambda path, names: coco(path.with_suffix(".json"), names),
           "cvat": lambda path, names: cvat(path.with_suffix(".xml"), names)}  # fmt: skip


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
@pytest.mark.parametrize(
    "names", [["a.png"] * 2, ["a.png", "x/a.png"], ["a.png", "A.PNG", "C:\\\\d\\\\a.png"]]
)
def test_entries_of_one_file_are_counted_and_their_annotations_come_in(importer, source, write, names):
    photo(source / "a.png")
    write(source / "all", names)
    done = apply(importer, source)
    assert done.outcomes["image"] == {"taken": 1, "known": len(names) - 1, "skipped": 0}
    assert done.outcomes["object"] == {"taken": len(names), "known": 0, "skipped": 0}
    assert f"lists it {len(names)} times; its annotations were put together" in done.groups[-1].text


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_entries_of_folders_that_contradict_each_other_are_not_put_together(importer, source, write):
    photo(source / "a.png")
    write(source / "all", ["train/a.png", "val/a.png"])
    done = apply(importer, source)
    assert done.outcomes["object"] == {"taken": 0, "known": 0, "skipped": 2}
    assert done.outcomes["image"] == {"taken": 1, "known": 0, "skipped": 2}
    assert any("train/a.png and val/a.png, and a.png may be any of them" in why for _, why in done.skipped)


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_an_entry_of_another_folder_is_of_an_image_that_is_not_there(importer, source, write):
    photo(source / "train" / "a.png")
    write(source / "all", ["val/a.png", "train/a.png"])
    done = apply(importer, source)
    assert done.outcomes["image"] == {"taken": 1, "known": 0, "skipped": 1}
    assert done.outcomes["object"] == {"taken": 1, "known": 0, "skipped": 1}
    assert ("val/a.png", "val/a.png is listed but not there") in done.skipped


@pytest.mark.parametrize("ids", [[1, 1], [1, "1"], [None, None], [1, 2]])
def test_entries_of_one_name_have_an_outcome_whatever_their_ids(importer, source, ids):
    photo(source / "a.png")
    coco(source / "a.json", ["a.png", "a.png"], ids=ids)
    done = apply(importer, source)
    assert done.outcomes["image"] == {"taken": 1, "known": 1, "skipped": 0}
    assert sum(done.outcomes["object"].values()) == 2


MEANT = [
    ("a.png", ["a.png"], ["a.png"]),
    ("a.png", ["x/a.png"], ["x/a.png"]),
    ("a.png", ["x/a.png", "a.png"], ["x/a.png", "a.png"]),
    ("a.png", ["x/a.png", "y/a.png"], []),
    ("a.png", ["x/a.png", "y/a.png", "a.png"], []),
    ("d/x/a.png", ["x/a.png", "y/a.png"], ["x/a.png"]),
    ("d/x/a.png", ["x\\a.png", "C:\\d\\x\\a.png"], ["x\\a.png", "C:\\d\\x\\a.png"]),
    ("d/a.png", ["x/a.png", "y/a.png"], []),
    ("d/a.png", ["D/A.PNG", "x/a.png"], ["D/A.PNG"]),
]


@pytest.mark.parametrize(("file", "names", "meant"), MEANT)
def test_which_names_mean_a_file(file, names, meant):
    assert those_meant(file, names) == meant


@pytest.mark.parametrize("names", [("a", "a"), ("a", " a "), ("a\tb", "a b")])
def test_categories_of_one_name_are_said(importer, annotations, source, names):
    photo(source / "a.png")
    coco(source / "a.json", ["a.png", "a.png"], categories=((3, names[0]), (7, names[1])))
    done = apply(importer, source)
    assert len(annotations.categories()) == 1
    assert any(
        "a.json calls 3 and 7" in group.text and "came in as one category" in group.text
        for group in done.groups
    )
    assert done.outcomes["object"]["taken"] == 2


YAML = ["names: [a, b, a]", "names: {0: a, 1: b, 2: a}"]


@pytest.mark.parametrize(
    ("name", "text"), [("data.yaml", YAML[0]), ("d.yml", YAML[1]), ("classes.txt", "a\nb\na\n")]
)
def test_yolo_classes_of_one_name_are_said(importer, annotations, source, name, text):
    photo(source / "images" / "a.png")
    (source / "labels").mkdir()
    outlines = ["0.1 0.1 0.3 0.1 0.3 0.4", "0.5 0.5 0.8 0.5 0.8 0.9"]
    (source / "labels" / "a.txt").write_text(f"0 {outlines[0]}\n2 {outlines[1]}\n")
    (source / name).write_text(text)
    done = apply(importer, source)
    assert [group.text for group in done.groups] == [
        f"{name} calls 0 and 2 a: their objects came in as one category"
    ]
    assert sorted(one.name for one in annotations.categories()) == ["a", "b"]
