from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from samstudio.domain import InvalidInput
from samstudio.services.dataset_io.imports.formats import AmbiguousFormat, ImportRequest, recognise
from samstudio.services.dataset_io.imports.formats.semantic import read_semantic
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from tests.unit.services.dataset_io.imports.accounts import check_files, objects_of
from tests.unit.services.dataset_io.imports.reading import image_folder

SIZE = (40, 60)
VALUES = np.zeros(SIZE, np.uint8)
VALUES[2:12, 2:12] = 1
VALUES[2:12, 30:40] = 1
VALUES[20:35, 30:50] = 2
COLOURS = np.array([(0, 0, 0), (128, 64, 128), (70, 70, 70)], np.uint8)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    image_folder(tmp_path, "images/a.jpg")
    (tmp_path / "masks").mkdir()
    Image.fromarray(VALUES).save(tmp_path / "masks" / "a.png")
    return tmp_path


LISTS = {
    "classes.txt with background": ("classes.txt", "background\nroad\nwall\n"),
    "classes.txt": ("classes.txt", "road\nwall\n"),
    "labelmap.txt": ("labelmap.txt", "background:0,0,0::\nroad:128,64,128::\nwall:70,70,70::\n"),
    "class_dict.csv": ("class_dict.csv", "name,r,g,b\nbackground,0,0,0\nroad,128,64,128\nwall,70,70,70\n"),
}


@pytest.mark.parametrize("mode", ["values", "colours", "palette"])
@pytest.mark.parametrize(("name", "text"), LISTS.values(), ids=LISTS)
def test_a_value_is_of_the_class_that_the_list_names(folder, name, text, mode):
    if mode == "colours":
        Image.fromarray(COLOURS[VALUES]).save(folder / "masks" / "a.png")
    elif mode == "palette":
        picture = Image.frombytes("P", SIZE[::-1], VALUES.tobytes())
        picture.putpalette(COLOURS.reshape(-1).tolist())
        picture.save(folder / "masks" / "a.png")
    (folder / name).write_text(text)
    tree = FileTree.of(folder)
    reading = read_semantic(tree, ImportRequest())
    found = objects_of(reading, "images/a.jpg", SIZE).objects
    expected = (
        {"class #804080", "class #464646"}
        if mode == "colours" and name == "classes.txt"
        else {"road", "wall"}
    )
    assert {each.category for each in found} == expected
    assert reading.categories == ["road", "wall"]
    assert check_files(tree, reading) == []


def test_without_a_list_classes_are_called_by_their_value(folder):
    found = objects_of(read_semantic(FileTree.of(folder), ImportRequest()), "images/a.jpg", SIZE).objects
    assert [each.category for each in found] == ["class 1", "class 2"]


def test_separate_parts_of_a_class_are_objects_where_asked(folder):
    (folder / "classes.txt").write_text("road\nwall\n")
    reading = read_semantic(FileTree.of(folder), ImportRequest(split_parts=True))
    found = objects_of(reading, "images/a.jpg", SIZE).objects
    assert [each.category for each in found] == ["road", "road", "wall"]


def test_whether_values_are_objects_or_classes_is_asked_where_a_list_names_classes(folder):
    assert recognise(FileTree.of(folder)).name == "masks"
    (folder / "classes.txt").write_text("road\nwall\n")
    with pytest.raises(AmbiguousFormat) as asked:
        recognise(FileTree.of(folder))
    assert asked.value.formats == ("masks", "semantic")


def test_a_list_that_is_no_text(folder):
    (folder / "classes.txt").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(InvalidInput, match=r"classes\.txt is not text"):
        read_semantic(FileTree.of(folder), ImportRequest())
