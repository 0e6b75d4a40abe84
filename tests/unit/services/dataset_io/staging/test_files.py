"""Staged files: each whole or not at all, inside its folder, and sent again without harm."""

from __future__ import annotations

import errno
from collections import namedtuple
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samstudio.domain import InvalidInput, Unavailable
from samstudio.services.dataset_io.imports.source.safe_paths import safe_path
from samstudio.services.dataset_io.staging import files as staged
from samstudio.services.dataset_io.staging.files import StagedFile, StagedFiles

Usage = namedtuple("Usage", "total used free")


def put(files: StagedFiles, name: str, data: bytes, size: int | None = None) -> None:
    with files.receiving(name, size=len(data) if size is None else size) as path:
        path.write_bytes(data)


@pytest.fixture
def files(tmp_path: Path) -> StagedFiles:
    return StagedFiles(tmp_path)


BAD = [
    "",
    "/etc/passwd",
    "../out.png",
    "a/../../b.png",
    "a//b.png",
    "a/",
    ".",
    "a/./b.png",
    "a\\..\\b.png",
    "a\0.png",
    "a\nb.png",
    "a\x7f.png",
    "lone\ud800.png",
    "x" * 256 + ".png",
    "ü" * 130,
    "/".join("abcdefghij" * 20),
    "d/" * 40 + "a.png",
]


@pytest.mark.parametrize("name", BAD)
def test_a_path_that_leaves_its_folder_or_no_disk_takes_is_refused(files: StagedFiles, name: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        put(files, name, b"x")
    assert len(str(refusal.value)) < 400
    assert str(refusal.value).isprintable()
    assert files.list() == []


@pytest.mark.parametrize(
    "name", ["a.png", "a/b/c.png", "日本語/写真 1.png", "..a/b..", "x" * 255, "a b/#?.png"]
)
def test_other_paths_are_kept_as_they_are(files: StagedFiles, name: str) -> None:
    put(files, name, b"xyz")
    assert files.list() == [StagedFile(name, 3)]


@given(st.text(max_size=300))
def test_no_text_leads_out_of_the_folder(text: str) -> None:
    try:
        path = safe_path(text)
    except InvalidInput:
        return
    assert not path.is_absolute()
    assert ".." not in path.parts
    assert str(path) == text


def test_a_file_sent_again_replaces_itself(files: StagedFiles) -> None:
    put(files, "a/b.png", b"first")
    put(files, "a/b.png", b"second")
    assert files.list() == [StagedFile("a/b.png", 6)]


def test_what_arrives_in_part_is_not_there(files: StagedFiles, tmp_path: Path) -> None:
    put(files, "a.png", b"whole")
    with pytest.raises(InvalidInput, match=r"of a\.png, 3 of 5 bytes arrived: send it again"):
        put(files, "a.png", b"abc", size=5)
    receiving = files.receiving("b.png", size=None)
    path = receiving.__enter__()
    path.write_bytes(b"half")
    assert receiving.__exit__(RuntimeError, RuntimeError("the connection went"), None) is False
    assert files.list() == [StagedFile("a.png", 5)]
    assert not list((tmp_path / "incoming").iterdir())


def test_an_empty_file_is_a_file(files: StagedFiles) -> None:
    with files.receiving("empty.txt", size=0):
        pass
    assert files.list() == [StagedFile("empty.txt", 0)]


def test_a_file_takes_no_folders_place_nor_a_folder_a_files(files: StagedFiles) -> None:
    put(files, "a/b.png", b"x")
    with pytest.raises(InvalidInput, match="a is a folder in this import"):
        put(files, "a", b"x")
    with pytest.raises(InvalidInput, match=r"a/b\.png is a file in this import"):
        put(files, "a/b.png/c.png", b"x")


def test_a_full_disk_is_said_before_anything_is_written(
    files: StagedFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = Usage(10**10, 0, staged.RESERVE + 2_000_000)
    monkeypatch.setattr(staged.shutil, "disk_usage", lambda _path: usage)
    put(files, "small.png", b"x")
    said = r"big\.zip \(3\.0 MB\) was not stored: the server's disk has room for 2\.0 MB more"
    with pytest.raises(Unavailable, match=said), files.receiving("big.zip", size=3_000_000):
        pytest.fail("its bytes were asked for")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "the server's disk is full"),
        (OSError(errno.EACCES, "Permission denied"), "Permission denied"),
    ],
)
def test_a_disk_that_refuses_is_said_as_it_is(files: StagedFiles, error: OSError, said: str) -> None:
    with (
        pytest.raises(Unavailable, match=rf"a\.png was not stored: {said}"),
        files.receiving("a.png", size=None),
    ):
        raise error
    assert files.list() == []


def test_a_removed_file_is_gone(files: StagedFiles) -> None:
    put(files, "a/b.png", b"x")
    files.remove("a/b.png")
    files.remove("a/b.png")
    assert files.list() == []
