"""An export never touches what this product did not write, and leaves exactly the present state."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock
from PIL import Image

from samstudio.domain import Conflict, InvalidInput, Unavailable
from samstudio.services.dataset_io.exports import EXPORT_FORMATS
from samstudio.services.dataset_io.exports.folder import STAGING, ExportFolder
from samstudio.services.dataset_io.exports.manifest import Manifest
from samstudio.services.dataset_io.exports.notes import Notes
from samstudio.services.dataset_io.own_files import MANIFEST


def write(out: Path, files: dict[str, str], *, format: str = "coco") -> list[str]:
    """Install these files as an export of the format; return the notes."""
    notes = Notes()
    with ExportFolder(out, format) as folder:
        for name, content in files.items():
            path = folder.staging / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        folder.install(notes)
    return notes.sentences()


def tree(folder: Path) -> dict[str, str]:
    """The files of a folder, but for the manifest, with what is in them."""
    paths = (path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    return {path.relative_to(folder).as_posix(): path.read_text() for path in paths}


def test_a_second_export_leaves_exactly_the_present_state(tmp_path):
    out = tmp_path / "out"
    write(out, {"a.json": "1", "labels/a.txt": "a", "labels/deep/b.txt": "b"})
    assert write(out, {"a.json": "2", "labels/a.txt": "a"}) == []
    assert tree(out) == {"a.json": "2", "labels/a.txt": "a"}
    assert not (out / "labels" / "deep").exists()
    assert not (out / STAGING).exists()
    listed = json.loads((out / MANIFEST).read_text())["exports"]["coco"]["files"]
    assert [one["path"] for one in listed] == ["a.json", "labels/a.txt"]


@pytest.mark.parametrize(
    ("there", "reason"),
    [
        ("file", "not written by an export from here: labels/a.txt"),
        ("folder", "a folder or a special file: labels/a.txt"),
        ("link to a file", "a link, or below one: labels/a.txt"),
        ("dangling link", "a link, or below one: labels/a.txt"),
        ("linked folder", "a link, or below one: labels/a.txt"),
        ("file for a folder", "below what is no folder: labels/a.txt"),
        ("pipe", "a folder or a special file: labels/a.txt"),
    ],
)
def test_what_is_not_its_own_is_refused_before_anything_is_written(tmp_path, there, reason):
    out, theirs = tmp_path / "out", tmp_path / "theirs"
    (theirs / "labels").mkdir(parents=True)
    (theirs / "labels" / "a.txt").write_text("mine")
    (out / "labels").mkdir(parents=True)
    target = out / "labels" / "a.txt"
    if there == "file":
        target.write_text("mine")
    elif there == "folder":
        target.mkdir()
    elif there == "link to a file":
        target.symlink_to(theirs / "labels" / "a.txt")
    elif there == "dangling link":
        target.symlink_to(tmp_path / "nowhere")
    elif there == "pipe":
        os.mkfifo(target)
    else:
        (out / "labels").rmdir()
        if there == "linked folder":
            (out / "labels").symlink_to(theirs / "labels")
        else:
            (out / "labels").write_text("mine")
    before = sorted(out.rglob("*"))
    with pytest.raises(
        InvalidInput, match=r"nothing was written to .*, where 1 file would be overwritten"
    ) as error:
        write(out, {"a.json": "1", "labels/a.txt": "ours"})
    assert reason in str(error.value)
    assert sorted(out.rglob("*")) == before
    assert tree(theirs) == {"labels/a.txt": "mine"}


def test_a_file_of_the_same_content_is_left_and_stays_foreign(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "a.txt").write_text("the same")
    assert write(out, {"a.txt": "the same", "b.txt": "b"}) == []
    write(out, {"c.txt": "c"})
    assert tree(out) == {"a.txt": "the same", "c.txt": "c"}


def test_own_files_that_somebody_changed_are_kept_and_named(tmp_path):
    out = tmp_path / "out"
    write(out, {"a.txt": "a", "b.txt": "b", "c.txt": "c"})
    (out / "b.txt").write_text("corrected by hand")
    with pytest.raises(InvalidInput, match=r"changed since it was exported: b\.txt"):
        write(out, {"a.txt": "2", "b.txt": "2"})
    assert (out / "a.txt").read_text() == "a"
    for _ in range(2):  # named each time, until somebody moves it
        (note,) = write(out, {"a.txt": "2"})
        assert note.startswith("1 file of an earlier export was changed since and was kept")
        assert note.endswith(": b.txt")
        assert tree(out) == {"a.txt": "2", "b.txt": "corrected by hand"}
    (out / "b.txt").unlink()
    assert write(out, {"a.txt": "2"}) == []


def test_formats_share_a_folder_where_their_files_do_not_collide(tmp_path):
    out = tmp_path / "out"
    write(out, {"images/a.png": "pixels", "a.json": "1"}, format="coco")
    write(out, {"images/a.png": "pixels", "a.txt": "1"}, format="yolo")
    write(out, {"a.json": "2"}, format="coco")
    assert tree(out) == {"images/a.png": "pixels", "a.json": "2", "a.txt": "1"}
    with pytest.raises(InvalidInput, match=r"part of another format's export .*: a\.txt"):
        write(out, {"a.txt": "else"}, format="voc")
    write(out, {"a.txt": "2"}, format="yolo")
    assert tree(out) == {"a.json": "2", "a.txt": "2"}


def test_a_shared_file_that_changes_is_said(tmp_path):
    out = tmp_path / "out"
    for name in ("coco", "yolo"):
        write(out, {"images/a.png": "old"}, format=name)
    (note,) = write(out, {"images/a.png": "new"}, format="coco")
    assert "the export as yolo into this folder also uses: export that again: images/a.png" in note
    assert write(out, {"images/a.png": "new"}, format="yolo") == []


@pytest.mark.parametrize("after", range(7))
def test_an_interrupted_export_leaves_no_file_that_the_next_does_not_know(tmp_path, monkeypatch, after):
    out, replace, moved = tmp_path / "out", Path.replace, []
    write(out, dict.fromkeys("abcd", "1"))

    def dying(self, target):
        moved.append(target)
        if len(moved) > after:
            raise KeyboardInterrupt
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", dying)
    with pytest.raises(KeyboardInterrupt):
        write(out, dict.fromkeys("bcdef", "2"))
    monkeypatch.undo()
    assert write(out, dict.fromkeys("cdefg", "3")) == []
    assert tree(out) == dict.fromkeys("cdefg", "3")


def _die_while_writing(out: Path) -> None:
    with ExportFolder(out, "coco") as folder:
        (folder.staging / "a.txt").write_text("half")
        os.kill(os.getpid(), signal.SIGKILL)


def test_a_killed_export_does_not_stand_in_the_way(tmp_path):
    out = tmp_path / "out"
    process = multiprocessing.get_context("fork").Process(target=_die_while_writing, args=(out,))
    process.start()
    process.join(30)
    assert process.exitcode == -signal.SIGKILL
    assert write(out, {"b.txt": "b"}) == []
    assert tree(out) == {"b.txt": "b"}
    assert not (out / STAGING).exists()


def test_nothing_is_written_through_a_linked_staging_folder(tmp_path):
    out, theirs = tmp_path / "out", tmp_path / "theirs"
    (theirs / "files").mkdir(parents=True)
    (theirs / "files" / "mine.txt").write_text("mine")
    out.mkdir()
    (out / STAGING).symlink_to(theirs)
    with pytest.raises(InvalidInput, match="is a link: remove it"):
        write(out, {"a.txt": "a"})
    assert tree(theirs) == {"files/mine.txt": "mine"}


def test_two_exports_at_once_are_told_apart(tmp_path):
    out = tmp_path / "out"
    (out / STAGING).mkdir(parents=True)
    with FileLock(out / STAGING / "lock"), pytest.raises(Conflict, match="wait until it is done"):
        write(out, {"a.txt": "a"})


def listing(path: str) -> str:
    """A manifest of one file, at that path."""
    files = [{"path": path, "bytes": 1, "sha256": "0"}]
    return json.dumps({"made_by": "SAM Studio", "exports": {"coco": {"files": files}}})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"made_by": "another tool"}',
        '{"made_by": "SAM Studio", "exports": {"coco": {"files": [1]}}}',
        listing("../x"),
        listing("/x"),
        listing("a/../../x"),
        '{"made_by": "SAM Studio", "exports": []}',
    ],
)
def test_a_manifest_that_is_not_ours_is_refused(tmp_path, text):
    (tmp_path / MANIFEST).write_text(text)
    with pytest.raises(InvalidInput, match="is not a manifest that SAM Studio wrote"):
        write(tmp_path, {"a.txt": "a"})
    assert tree(tmp_path) == {}


def test_names_that_differ_by_case_are_one_where_the_file_system_says_so(tmp_path, monkeypatch):
    """Simulated: both names are made to be one file, as a case-insensitive system has it."""
    out = tmp_path / "out"
    write(out, {"Labels.txt": "1"})
    (out / "labels.txt").hardlink_to(out / "Labels.txt")
    replace = Path.replace

    def as_on_mac(self, target):
        done = replace(self, target)
        if Path(target).name == "labels.txt":
            (out / "Labels.txt").unlink(missing_ok=True)
            (out / "Labels.txt").hardlink_to(out / "labels.txt")
        return done

    monkeypatch.setattr(Path, "replace", as_on_mac)
    assert write(out, {"labels.txt": "2"}) == []
    assert (out / "labels.txt").read_text() == "2"


def test_a_name_that_differs_by_case_is_stale_elsewhere(tmp_path):
    write(tmp_path, {"Labels.txt": "1"})
    write(tmp_path, {"labels.txt": "2"})
    assert tree(tmp_path) == {"labels.txt": "2"}


@pytest.mark.parametrize("name", EXPORT_FORMATS.names())
def test_every_format_owns_what_it_writes(dataset, export, name):
    dataset.add("a.png", "cup")
    (gone,) = dataset.add("b.png", "cup")
    export(name)
    dataset.annotations.delete(gone.id)
    export(name)
    assert not [path for path in dataset.files() if Path(path).stem == "b"]
    owned = {file.path for file in Manifest.read(dataset.out).exports[name]}
    assert owned == dataset.files() - {MANIFEST}


def test_masks_of_a_person_are_not_overwritten(dataset, export):
    """An export into the folder that the dataset came from."""
    dataset.add("a.png", "cup", "cup")
    (dataset.out / "masks").mkdir(parents=True)
    mine = dataset.out / "masks" / "a.png"
    Image.fromarray(np.full((24, 36), 40, np.uint8)).save(mine)
    before = mine.read_bytes()
    with pytest.raises(InvalidInput, match=r"not written by an export from here: masks/a\.png"):
        export("masks")
    assert mine.read_bytes() == before
    assert dataset.files() == {"masks/a.png"}


@pytest.mark.parametrize(
    ("below", "why"),
    [
        ("file", "is a file: name a folder"),
        ("file/sub/folder", "failed: .*file is a file and no folder"),
        ("link", "is a link to nothing"),
        ("link/sub", "failed: .*link is a link to nothing and no folder"),
        ("x" * 300, "cannot be exported into: File name too long"),
        ("a\0b", "is no path of a folder"),
    ],
)
def test_what_can_be_no_folder_is_said(dataset, tmp_path, below, why):
    dataset.add("a.png", "crack")
    (tmp_path / "file").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "gone")
    with pytest.raises((InvalidInput, Unavailable), match=why):
        dataset.service.export("coco", tmp_path / below)
    assert (tmp_path / "file").read_text() == "mine"
    assert not (tmp_path / "gone").exists()


@pytest.mark.parametrize("below", ["storage", "storage/images", "storage/images/new"])
def test_nothing_is_exported_among_the_stored_images(dataset, tmp_path, below):
    dataset.add("a.png", "crack")
    before = tree_names(tmp_path / "storage" / "images")
    with pytest.raises(InvalidInput, match="where the dataset's own images are"):
        dataset.service.export("coco", tmp_path / below)
    assert tree_names(tmp_path / "storage" / "images") == before
    dataset.service.export("coco", tmp_path / "storage" / "exports")


def tree_names(folder: Path) -> set[str]:
    """The names of all below a folder."""
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}
