import numpy as np
import pytest
from PIL import Image

from samstudio.domain import InvalidInput
from samstudio.services.dataset_io.imports.folders import labelled_folder
from samstudio.services.dataset_io.label_masks import read_labels, write_labels
from tests.synthetic import write_folder

LABELS = np.zeros((6, 9), np.uint16)
LABELS[1:3, 2:5] = 1
LABELS[4, 6:] = 200


@pytest.mark.parametrize("mode", ["1", "L", "P", "I;16"])
def test_labels_of_each_mode(tmp_path, mode):
    values = {"1": LABELS > 0, "I;16": LABELS}.get(mode, LABELS.astype(np.uint8))
    picture = Image.fromarray(values)
    if mode == "P":
        picture = Image.frombytes("P", (9, 6), values.tobytes())
        picture.putpalette(list(range(256)) * 3)
    picture.save(tmp_path / "m.png")
    read = read_labels(tmp_path / "m.png", size=(6, 9))
    assert read.dtype == np.int32
    assert np.array_equal(read, (LABELS > 0) if mode == "1" else LABELS)


def test_written_labels_are_read_back(tmp_path):
    labels = LABELS.copy()
    labels[0, 0] = 65535
    write_labels(tmp_path / "m.png", labels)
    assert np.array_equal(read_labels(tmp_path / "m.png", size=(6, 9)), labels)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA"])
def test_colours_are_refused(tmp_path, mode):
    Image.new(mode, (9, 6)).save(tmp_path / "m.png")
    with pytest.raises(InvalidInput, match=f"^mask m.png has {mode} colours: a mask has one value a pixel"):
        read_labels(tmp_path / "m.png", size=(6, 9))


def test_sizes_are_compared_before_decoding(tmp_path):
    Image.new("L", (9, 6)).save(tmp_path / "m.png")
    with pytest.raises(InvalidInput, match=r"m.png is 9x6 pixels but its image is 6x9"):
        read_labels(tmp_path / "m.png", size=(9, 6))


def test_damaged_masks_are_refused(tmp_path):
    path = tmp_path / "m.png"
    path.write_text("text")
    with pytest.raises(InvalidInput, match="is not a PNG"):
        read_labels(path, size=(6, 9))
    noise = np.random.default_rng(0).integers(0, 255, (99, 99), np.uint8)
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[:3000])
    with pytest.raises(InvalidInput, match="truncated or damaged"):
        read_labels(path, size=(99, 99))


def test_a_labelled_folder_gives_pairs_and_tells_what_it_left_out(tmp_path):
    images, masks = write_folder(tmp_path, count=3, size=64)
    (masks / "picture_01.png").unlink()
    (images / "picture_02.png").write_text("text")
    skipped = []
    found = list(labelled_folder(images, masks, max_pixels=10**6, skipped=skipped))
    assert [item.name for item in found] == ["picture_00.png"]
    assert len(found[0].rles) == len(found[0].masks) == 2
    assert found[0].pixels.shape == (64, 64, 3)
    assert found[0].masks[0].shape == (64, 64)
    assert [name for name, _ in skipped] == ["picture_02.png"]
    with pytest.raises(InvalidInput, match=r"picture_02.png is not an image"):
        list(labelled_folder(images, masks, max_pixels=10**6))


def test_a_labelled_folder_that_is_not_there(tmp_path):
    with pytest.raises(InvalidInput, match=r"the masks folder .* does not exist"):
        list(labelled_folder(tmp_path, tmp_path / "no", max_pixels=10))
    with pytest.raises(InvalidInput, match="holds no image"):
        list(labelled_folder(tmp_path, tmp_path, max_pixels=10))
