import json

import numpy as np
import pytest

from samstudio.domain import InvalidInput
from samstudio.masks import decode_rle, encode_rle
from samstudio.services.dataset_io.imports.coco import CocoFile

SIZE = (20, 30)
MASK = np.zeros(SIZE, bool)
MASK[5:9, 4:14] = True


@pytest.fixture
def folder(tmp_path):
    images = tmp_path / "images"
    (images / "sub").mkdir(parents=True)
    for name in ("a.png", "b.png", "sub/c.png"):
        (images / name).write_bytes(b"not read here")
    return images


def coco(folder, annotations, *, images=None, name="coco.json"):
    path = folder.parent / name
    listed = images or [
        {"id": 7, "file_name": "a.png", "width": 30, "height": 20},
        {"id": 8, "file_name": "sub/c.png", "width": 30, "height": 20},
    ]
    document = {
        "images": listed,
        "annotations": [{"id": i, "image_id": 7, "category_id": 3, **a} for i, a in enumerate(annotations)],
        "categories": [{"id": 3, "name": "crack"}],
    }
    path.write_text(json.dumps(document))
    return CocoFile(path, images=folder)


def objects(source, folder, name="a.png"):
    found = source.objects(folder / name, SIZE)
    return found.objects, [why for _, why in found.skipped]


def test_compressed_and_uncompressed_run_lengths_and_polygons(folder):
    column = [0] * 20
    column[5:9] = [1] * 4
    runs = {"size": [20, 30], "counts": [4 * 20 + 5, *([4, 16] * 9), 4, 11 + 16 * 20]}
    polygon = [[4, 5, 14, 5, 14, 9, 4, 9]]
    source = coco(folder, [{"segmentation": s} for s in (encode_rle(MASK), runs, polygon)], images=None)
    found, problems = objects(source, folder)
    assert problems == []
    assert [f.category for f in found] == ["crack"] * 3
    for each in found:
        assert np.array_equal(decode_rle(each.rle), MASK)


def test_several_polygons_are_one_object(folder):
    found, _ = objects(
        coco(folder, [{"segmentation": [[0, 0, 4, 0, 4, 4, 0, 4], [9, 9, 12, 9, 12, 12]]}]), folder
    )
    assert len(found) == 1
    mask = decode_rle(found[0].rle)
    assert mask[1, 1]
    assert mask[9, 10]
    assert not mask[6, 6]


@pytest.mark.parametrize(
    ("annotation", "why"),
    [
        ({"segmentation": encode_rle(MASK), "iscrowd": 1}, "crowd region"),
        ({"segmentation": encode_rle(MASK), "category_id": 9}, "no category 9"),
        ({"segmentation": encode_rle(np.zeros(SIZE, bool))}, "the mask is empty"),
        ({"segmentation": encode_rle(MASK.T)}, "the mask is 20x30 pixels but its image is 30x20"),
        ({"segmentation": {"size": [20, 30], "counts": "xx"}}, "not a COCO run-length mask"),
        ({"segmentation": [[1, 2, 3, 4]]}, "fewer than 3 points"),
        ({"segmentation": [[1, 2, 3, 4, 5]]}, "fewer than 3 points"),
        ({"segmentation": [[1, 2, 3, 4, 5, 1e9]]}, "far outside"),
        ({"segmentation": [["a", 2, 3, 4, 5, 6]]}, "not a list of numbers"),
        ({"segmentation": [7]}, "not a list of numbers"),
        ({"segmentation": []}, "has no mask"),
        ({"bbox": [1, 2, 3, 4]}, "has no mask"),
    ],
)
def test_bad_annotations_are_told_and_the_rest_comes_in(folder, annotation, why):
    found, problems = objects(coco(folder, [annotation, {"segmentation": encode_rle(MASK)}]), folder)
    assert len(found) == 1
    assert len(problems) == 1
    assert problems[0].startswith("annotation 0 of a.png: ")
    assert why in problems[0]


def test_images_in_folders_below_and_by_their_last_name(folder):
    listed = [
        {"id": 7, "file_name": "train2017/a.png"},
        {"id": 8, "file_name": "sub\\c.png"},
        {"id": 9, "file_name": "../../b.png"},
        {"id": 10, "file_name": "gone.png"},
    ]
    source = coco(folder, [{"segmentation": encode_rle(MASK)}], images=listed)
    paths, others = source.images(folder)
    assert [p.relative_to(folder).as_posix() for p in paths] == ["a.png", "b.png", "sub/c.png"]
    assert others == []
    assert len(objects(source, folder)[0]) == 1
    assert source.unmatched(paths) == [("gone.png", "gone.png is listed in coco.json but not there")]


def test_an_image_of_another_size_is_refused(folder):
    source = coco(folder, [], images=[{"id": 7, "file_name": "a.png", "width": 20, "height": 30}])
    with pytest.raises(InvalidInput, match=r"a.png is 30x20 pixels but coco.json says 20x30"):
        source.objects(folder / "a.png", SIZE)


def test_an_image_that_is_not_listed_comes_in_alone(folder):
    found, problems = objects(coco(folder, []), folder, "b.png")
    assert found == []
    assert problems == ["b.png is not listed in coco.json; the image came in without objects"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("not json", "is not JSON"),
        ("[]", "no list of images"),
        ('{"images": [], "annotations": [1], "categories": []}', "no list of annotations"),
    ],
)
def test_files_that_are_not_coco(folder, text, why):
    path = folder.parent / "x.json"
    path.write_text(text)
    with pytest.raises(InvalidInput, match=why):
        CocoFile(path, images=folder)


def test_a_missing_file(folder):
    with pytest.raises(InvalidInput, match="cannot be read: No such file"):
        CocoFile(folder / "none.json", images=folder)
