import pytest

from samstudio.domain import InvalidInput
from samstudio.services.dataset_io.imports.source.folders import labelled_folder
from tests.synthetic import write_folder


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
