"""The files of an import: which there are, in which order, and which one a written path means."""

import os

import pytest

from samstudio.domain import InvalidInput
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from samstudio.services.dataset_io.imports.source.json_files import read_json


def tree_of(root, *names):
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return FileTree.of(root)


def test_files_at_any_depth_come_in_natural_order_without_system_files(tmp_path):
    tree = tree_of(
        tmp_path,
        "b10.png",
        "b2.png",
        "sub/a.png",
        ".DS_Store",
        "__MACOSX/._b2.png",
        "sub/Thumbs.db",
        ".git/x",
    )
    assert list(tree) == ["b2.png", "b10.png", "sub/a.png"]
    assert tree.problems == []


def test_several_sources_keep_their_names(tmp_path):
    tree_of(tmp_path, "one/i/a.png", "two/i/a.png", "x.json")
    tree = FileTree.of(tmp_path / "one" / "i", tmp_path / "two" / "i", tmp_path / "x.json")
    assert list(tree) == ["2-i/a.png", "i/a.png", "x.json"]


def test_links_are_followed_once_and_broken_ones_are_said(tmp_path):
    tree_of(tmp_path, "root/in/a.png", "out/b.png")
    (tmp_path / "root/linked").symlink_to(tmp_path / "out")
    (tmp_path / "root/in/loop").symlink_to(tmp_path / "root")
    (tmp_path / "root/gone.png").symlink_to(tmp_path / "nowhere.png")
    os.mkfifo(tmp_path / "root/pipe.png")
    tree = FileTree.of(tmp_path / "root")
    assert list(tree) == ["in/a.png", "linked/b.png"]
    assert {entry.name for entry in tree.problems} == {"gone.png", "pipe.png"}


@pytest.mark.parametrize(
    ("written", "near", "found"),
    [
        ("a.png", "", ["val/a.png", "train/a.png"]),
        ("train/a.png", "", ["train/a.png"]),
        ("C:\\data\\train\\a.png", "", ["train/a.png"]),
        ("/home/me/set/val/a.png", "", ["val/a.png"]),
        ("a.png", "train/labels.json", ["train/a.png"]),
        ("TRAIN/A.PNG", "", ["train/a.png"]),
        ("with%20space.png", "", ["val/with space.png"]),
        ("with space.png", "", ["val/with space.png"]),
        ("100%.png", "", ["val/100%.png"]),
        ("cafe\u0301.png", "", ["val/caf\u00e9.png"]),
        ("../../val/a.png", "", ["val/a.png"]),
        ("b.png", "", []),
        ("", "", []),
        ("..", "", []),
    ],
)
def test_a_written_path_means_the_file_that_agrees_most(tmp_path, written, near, found):
    names = ["train/a.png", "val/a.png", "val/with space.png", "val/100%.png", "val/caf\u00e9.png"]
    assert sorted(tree_of(tmp_path, *names).find(written, near=near)) == sorted(found)


def test_sources_that_are_not_there(tmp_path):
    with pytest.raises(InvalidInput, match="nowhere does not exist"):
        FileTree.of(tmp_path / "nowhere")
    with pytest.raises(InvalidInput, match="name a folder or a file"):
        FileTree.of()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_json_in_every_unicode_encoding(tmp_path, encoding):
    path = tmp_path / "a.json"
    path.write_bytes('{"name": "空"}'.encode(encoding))
    assert read_json(path) == {"name": "空"}


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "is not JSON"),
        (b"\xff\xff\xff", "is not text"),
        (b"[" * 100_000, "nested too deeply"),
        (b"9" * 5000, "is not JSON"),
    ],
)
def test_what_is_no_json_is_said(tmp_path, data, why):
    (tmp_path / "a.json").write_bytes(data)
    with pytest.raises(InvalidInput, match=why):
        read_json(tmp_path / "a.json")
