"""Odd names and entries: each comes in where it can, and what does not is said with its reason."""

import json
import unicodedata
import zipfile

import pytest
from PIL import Image

from samstudio.domain import InvalidInput
from samstudio.services.dataset_io.imports.options import ImportOptions
from samstudio.services.dataset_io.imports.service import Importer
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from samstudio.services.dataset_io.imports.unused import ARCHIVE
from tests.unit.services.dataset_io.imports.accounts import planned
from tests.unit.services.dataset_io.imports.test_entries_of_one_image import coco
from tests.unit.services.dataset_io.imports.test_masks import VALUES, mask, photo

NFC, NFD = (unicodedata.normalize(form, "\u00e9t\u00e9") for form in ("NFC", "NFD"))


@pytest.fixture
def importer(images, annotations):
    return Importer(images=images, annotations=annotations)


@pytest.fixture
def source(tmp_path):
    (tmp_path / "new").mkdir()
    return tmp_path / "new"


def bring(importer, source, **options):
    plan = importer.plan(FileTree.of(source), ImportOptions(**options)).report
    report = importer.apply(FileTree.of(source), ImportOptions(**options))
    assert plan == planned(report)
    assert not any(group.code == "unaccounted" for group in report.groups)
    return report


def yolo(source, stem: str, names: str = "names: [a]") -> None:
    (source / "labels").mkdir(exist_ok=True)
    (source / "labels" / f"{stem}.txt").write_text("0 .1 .1 .3 .1 .3 .4\n")
    (source / "data.yaml").write_text(names)


def labelme(path, label: object = "c", image: str = "gone.png") -> None:
    shape = {"label": label, "points": [[5, 5], [20, 5], [20, 20]], "shape_type": "polygon"}
    size = {"imageWidth": 60, "imageHeight": 40}
    path.write_text(json.dumps({"shapes": [shape], "imagePath": image, **size}))


SPELLED = {
    "coco": lambda source, name: coco(source / "x.json", [f"{name}.png"]),
    "masks": lambda source, name: mask(source / "masks" / f"{name}.png", VALUES % 2),
    "yolo": yolo,
    "labelme": lambda source, name: labelme(source / f"{name}.json"),
}


@pytest.mark.parametrize(("image", "other"), [(NFC, NFD), (NFD, NFC)], ids=["composed", "decomposed"])
@pytest.mark.parametrize("write", SPELLED.values(), ids=SPELLED)
def test_accented_names_are_one_however_a_system_spells_them(importer, source, write, image, other):
    photo(source / f"{image}.png")
    write(source, other)
    assert bring(importer, source).annotations == 1


def test_accented_names_of_the_dataset_are_found_too(importer, tmp_path, source):
    photo(tmp_path / "earlier" / f"{NFD}.png")
    importer.apply(FileTree.of(tmp_path / "earlier"))
    coco(source / "x.json", [f"{NFC}.png"])
    assert bring(importer, source).annotations == 1


def test_masks_of_images_that_differ_in_capitals_alone(importer, annotations, images, source):
    for seed, name in enumerate(("A", "a")):
        photo(source / "images" / f"{name}.png", seed)
        mask(source / "masks" / f"{name}_mask.png", (seed + 1 == VALUES).astype("uint8"))
    assert bring(importer, source).annotations == 2
    areas = {one.filename: annotations.list(one.id)[0].area for one in images.list()}
    assert areas == {"A.png": 225, "a.png": 260}


@pytest.mark.parametrize("below", ["", "sub/"])
def test_the_path_from_the_annotation_file_is_meant_before_others(importer, source, below):
    photo(source / below / "a.png", 1)
    photo(source / below / "b" / "a.png", 2)
    coco(source / below / "x.json", ["a.png", "b/a.png"])
    done = bring(importer, source)
    assert (done.images, done.annotations, done.skipped) == (2, 2, [])


def test_an_id_that_two_images_have_is_said_to_be_one(importer, source):
    photo(source / "a.png", 1)
    photo(source / "b.png", 2)
    coco(source / "x.json", ["a.png", "b.png"], ids=[1, 1])
    done = bring(importer, source)
    assert done.skipped[0][1] == "the file has 2 entries with the image id 1"
    assert "belong to an id that several entries have" in done.groups[0].text


def with_categories(source, categories: object) -> None:
    photo(source / "a.png")
    coco(source / "x.json", ["a.png"])
    document = json.loads((source / "x.json").read_text())
    (source / "x.json").write_text(json.dumps({**document, "categories": categories}))


@pytest.mark.parametrize("categories", [{"1": "crack"}, {"1": {"name": "crack", "supercategory": "x"}}])
def test_categories_by_their_ids_are_read(importer, annotations, source, categories):
    with_categories(source, categories)
    assert bring(importer, source).skipped == []
    assert [one.category.name for one in annotations.list()] == ["crack"]


@pytest.mark.parametrize("categories", [None, "c", 5])
def test_a_file_without_categories_is_said(importer, annotations, source, categories):
    with_categories(source, categories)
    assert "x.json has no list of categories" in bring(importer, source, category="dent").groups[0].text
    assert [one.category.name for one in annotations.list()] == ["dent"]


@pytest.mark.parametrize(("label", "name"), [(5, "5"), (0, "0"), (1.5, "1.5")])
def test_labels_that_are_numbers_are_names(importer, annotations, source, label, name):
    photo(source / "a.png")
    labelme(source / "a.json", label, "a.png")
    bring(importer, source)
    assert [one.category.name for one in annotations.list()] == [name]


NAMES = {
    "names: [yes, no, null]": ["yes", "no", "null"],
    "names: [0x1, 1e3, 2026-01-01]": ["0x1", "1e3", "2026-01-01"],
    "names: {0: on, 1: off, 2: ~}": ["on", "off", "~"],
}


@pytest.mark.parametrize(("text", "names"), NAMES.items())
def test_yolo_classes_are_called_as_they_are_written(importer, annotations, source, text, names):
    photo(source / "images" / "a.png")
    yolo(source, "a", text)
    bring(importer, source)
    assert [one.name for one in annotations.categories()] == names


def test_a_class_that_cannot_be_used_costs_itself(importer, annotations, source):
    photo(source / "images" / "a.png")
    yolo(source, "a", "names: {0: a, -1: b, x: c, 2: d}")
    done = bring(importer, source)
    assert [one.name for one in annotations.categories()] == ["a", "d"]
    assert done.groups[0].text == "data.yaml has classes without a usable number or name: -1, x"


def test_archives_inside_are_said_to_be_some(importer, source):
    with zipfile.ZipFile(source / "in.zip", "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(InvalidInput, match=r"holds archives .* import in\.zip by itself"):
        importer.plan(FileTree.of(source))
    photo(source / "a.png")
    assert bring(importer, source).skipped == [("in.zip", ARCHIVE)]


def test_lines_of_a_table_that_name_nothing_are_said(importer, annotations, source):
    photo(source / "images" / "a.png")
    mask(source / "masks" / "a.png")
    lines = ["mask,value,category", "masks/a.png,1,crack", "a.png,x,y", "a.png,2,", "gone.png,1,z", ""]
    (source / "labels.csv").write_text("\r\n".join(lines))
    done = bring(importer, source, category="other")
    (said,) = [group.text for group in done.groups]
    assert said == "labels.csv has lines that name no mask of the source with a value and a category: 3, 4, 5"
    assert sorted(one.category.name for one in annotations.list()) == ["crack", "other"]


@pytest.mark.parametrize("between", [",", ";"])
def test_lists_of_colours_may_have_either_delimiter(importer, annotations, source, between):
    photo(source / "images" / "a.png")
    mask(source / "masks" / "a.png", (VALUES > 0).astype("uint8") * 200)
    rows = [["name", "r", "g", "b"], ["bg", "0", "0", "0"], ["crack", "200", "200", "200"]]
    (source / "class_dict.csv").write_text("\n".join(between.join(row) for row in rows))
    done = bring(importer, source, format="semantic")
    assert not any("names no class" in group.text for group in done.groups)
    (source / "class_dict.csv").write_text("nothing")
    assert any(
        "class_dict.csv names no class" in g.text for g in bring(importer, source, format="semantic").groups
    )


@pytest.mark.parametrize("suffix", ["gif", "webp", "png"])
def test_masks_of_several_frames_are_refused_and_said(importer, source, suffix):
    photo(source / "images" / "a.jpg")
    frames = [Image.fromarray((n == VALUES).astype("uint8") * 255) for n in (1, 2)]
    (source / "masks").mkdir()
    frames[0].save(source / "masks" / f"a.{suffix}", save_all=True, append_images=frames[1:])
    done = bring(importer, source)
    assert done.annotations == 0
    assert any("has 2 frames" in why for _, why in done.skipped)


@pytest.mark.parametrize("data", ["", "!!!", "===="])
def test_an_embedded_picture_that_is_none_is_one_that_is_not_there(importer, source, data):
    labelme(source / "a.json")
    document = json.loads((source / "a.json").read_text())
    (source / "a.json").write_text(json.dumps({**document, "imageData": data}))
    assert bring(importer, source).skipped[0][1].startswith("gone.png is listed but neither")
