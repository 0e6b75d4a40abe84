"""The tree of staged files: archives unpacked once, outer folders left out, what is wrong said."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from samstudio.domain import InvalidInput
from samstudio.services.dataset_io.staging import tree as staged
from samstudio.services.dataset_io.staging.interface import Watch
from samstudio.services.dataset_io.staging.tree import staged_tree

Put = Callable[..., None]


@pytest.fixture
def put(tmp_path: Path) -> Put:
    """Put files into the uploads; a dict is a zip of them."""

    def put(**files: bytes | dict[str, bytes]) -> None:
        for name, data in files.items():
            path = (
                tmp_path / "uploads" / name.replace("__", "/").replace("_zip", ".zip").replace("_png", ".png")
            )
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(data, bytes):
                path.write_bytes(data)
                continue
            with zipfile.ZipFile(path, "w") as archive:
                for inner, content in data.items():
                    archive.writestr(inner, content)

    return put


def names(folder: Path) -> list[str]:
    return list(staged_tree(folder, Watch()))


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"a_png": b"x", "b_png": b"x"}, ["a.png", "b.png"]),
        ({"a_png": b"x"}, ["a.png"]),
        ({"set__a_png": b"x"}, ["a.png"]),
        ({"set__images__a_png": b"x", "set__masks__a_png": b"x"}, ["images/a.png", "masks/a.png"]),
        ({"set_zip": {"a.png": b"x"}}, ["a.png"]),
        ({"set_zip": {"set/images/a.png": b"x", "set/b.json": b"{}"}}, ["b.json", "images/a.png"]),
        ({"set_zip": {"a.png": b"x"}, "b_png": b"y"}, ["b.png", "set.zip/a.png"]),
        ({"one_zip": {"a.png": b"x"}, "two_zip": {"a.png": b"y"}}, ["one.zip/a.png", "two.zip/a.png"]),
        ({"a_png": b"x", "__MACOSX__a_png": b"x"}, ["a.png"]),
    ],
)
def test_names_begin_where_the_files_differ(
    put: Put, tmp_path: Path, files: dict[str, bytes | dict[str, bytes]], expected: list[str]
) -> None:
    put(**files)
    assert names(tmp_path) == expected


def test_an_archive_is_unpacked_once_and_again_when_it_changed(
    put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(set_zip={"a.png": b"x", "../evil.png": b"x"})
    (refused,) = staged_tree(tmp_path, Watch()).problems
    with monkeypatch.context() as patched:
        patched.setattr(staged, "unpack", lambda *_, **__: pytest.fail("it was unpacked twice"))
        assert staged_tree(tmp_path, Watch()).problems == [refused]
    put(set_zip={"a.png": b"x", "b.png": b"yy"})
    assert names(tmp_path) == ["a.png", "b.png"]


def test_a_stop_while_unpacking_leaves_nothing_that_counts_as_unpacked(put: Put, tmp_path: Path) -> None:
    put(set_zip={f"{n}.png": b"x" for n in range(5)})
    watch = Watch()
    watch.stop()
    assert list(staged_tree(tmp_path, watch)) == []
    assert len(names(tmp_path)) == 5


def test_an_archive_that_is_all_there_is_and_of_no_use_is_the_reason(put: Put, tmp_path: Path) -> None:
    put(set_zip=b"no archive")
    with pytest.raises(InvalidInput, match=r"set\.zip cannot be unpacked"):
        staged_tree(tmp_path, Watch())
