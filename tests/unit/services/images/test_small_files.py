"""Small pictures for lists: made once, made again where they are damaged, never a reason to fail."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picture

from samstudio.services.images.small_files import SIDE, SmallFiles

IMAGE = "ab" + "0" * 62


@pytest.fixture
def original(tmp_path: Path) -> Path:
    path = tmp_path / "large.png"
    pixels = np.random.default_rng(0).integers(0, 255, (600, 1200, 3), dtype=np.uint8)
    Picture.fromarray(pixels).save(path)
    return path


@pytest.fixture
def small(tmp_path: Path) -> SmallFiles:
    return SmallFiles(tmp_path / "thumbnails")


def kept(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "thumbnails").rglob("*") if path.is_file()]


def test_it_is_made_once(small: SmallFiles, original: Path, tmp_path: Path) -> None:
    assert small.get(IMAGE, original).size == (SIDE, SIDE // 2)
    original.unlink()
    assert small.get(IMAGE, original).size == (SIDE, SIDE // 2)
    assert [path.name for path in kept(tmp_path)] == [f"{IMAGE}.jpg"]


def test_a_damaged_one_is_made_again(small: SmallFiles, original: Path, tmp_path: Path) -> None:
    small.get(IMAGE, original)
    (path,) = kept(tmp_path)
    for damaged in (b"", path.read_bytes()[:200]):
        path.write_bytes(damaged)
        assert small.get(IMAGE, original).size == (SIDE, SIDE // 2)


def test_a_folder_that_cannot_be_written_costs_no_picture(original: Path, tmp_path: Path) -> None:
    (tmp_path / "thumbnails").write_text("a file")
    assert SmallFiles(tmp_path / "thumbnails").get(IMAGE, original).size == (SIDE, SIDE // 2)


def test_a_small_image_stays_as_it_is(small: SmallFiles, tmp_path: Path) -> None:
    path = tmp_path / "tiny.png"
    Picture.new("RGBA", (30, 20)).save(path)
    assert small.get(IMAGE, path).size == (30, 20)


def test_a_deleted_one_is_gone(small: SmallFiles, original: Path, tmp_path: Path) -> None:
    small.get(IMAGE, original)
    small.delete(IMAGE)
    small.delete(IMAGE)
    assert kept(tmp_path) == []


def test_a_file_that_is_gone_is_an_error(small: SmallFiles, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="gone"):
        small.get(IMAGE, tmp_path / "gone.png")
