"""Groups from folders: which names say something, planned and done alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from samstudio.services.dataset_io.imports.folder_groups import folder_groups
from samstudio.services.dataset_io.imports.options import ImportOptions
from samstudio.services.dataset_io.imports.service import Importer
from samstudio.services.dataset_io.imports.source.file_tree import FileTree
from samstudio.services.images import ImageService
from samstudio.services.notes import LONGEST_GROUP
from tests.unit.services.dataset_io.imports.test_pipeline import importer, picture, source

__all__ = ["importer", "source"]  # the fixtures


@pytest.mark.parametrize(
    ("names", "groups"),
    [
        (["p1/a.png", "p1/b.png", "p2/c.png"], ["p1", "p1", "p2"]),
        (["x/p1/a.png", "x/p2/b.png"], ["p1", "p2"]),
        (["site 1/p1/a.png", "site 1/p2/b.png", "site 2/p1/c.png"], ["site 1/p1", "site 1/p2", "site 2/p1"]),
        (["train/p1/a.png", "val/p1/b.png", "test2017/p2/c.png"], ["p1", "p1", "p2"]),
        (["images/p1/a.png", "images/p2/b.png"], ["p1", "p2"]),
        (["p1/images/a.png", "p2/images/b.png"], ["p1", "p2"]),
        (["p1/imagesTr/a.png", "p2/imagesTs/b.png"], ["p1", "p2"]),
        (["images/train/a.png", "images/val/b.png"], [None, None]),
        (["train/images/a.png", "valid/images/b.png", "test/images/c.png"], [None, None, None]),
        (["all/a.png", "all/b.png"], [None, None]),
        (["a.png", "b.png"], [None, None]),
        (["a.png", "p1/b.png", "p1/c.png"], [None, "p1", "p1"]),
        (["trains/a.png", "testbed/b.png"], ["trains", "testbed"]),
        (["plot  7/a.png", "plot 8/b.png"], ["plot 7", "plot 8"]),
        (["病院1/a.png", "病院2/b.png"], ["病院1", "病院2"]),
        ([], []),
    ],
)
def test_folders_that_tell_images_apart_are_groups(names: list[str], groups: list[str | None]) -> None:
    found = folder_groups(names)
    assert [found.get(name) for name in names] == groups


def test_a_long_folder_keeps_its_end() -> None:
    found = folder_groups([f"{'d' * 300}/1/a.png", f"{'d' * 300}/2/b.png", f"{'e' * 300}/1/b.png"])
    assert sorted({len(group) for group in found.values()}) == [LONGEST_GROUP]
    assert len(set(found.values())) == 3


def _files(folder: Path) -> FileTree:
    for number, name in enumerate(("p1/a.png", "p1/b.png", "p2/c.png", "d.png")):
        picture(folder / name, seed=number)
    return FileTree.of(folder)


def test_groups_are_planned_and_made_where_they_are_asked_for(
    images: ImageService, importer: Importer, source: Path
) -> None:
    tree = _files(source)
    options = ImportOptions(group_by_folder=True)
    planned = [group.text for group in importer.plan(tree, options).groups]
    assert planned == ["3 images: will be put into 2 groups by their folders: p1 (2), p2 (1)"]
    report = importer.apply(tree, options)
    assert [group.text for group in report.groups] == [planned[0].replace("will be", "were")]
    again = importer.plan(tree, options)
    assert [group.text for group in again.groups] == []  # those that are here keep their groups
    assert {one.filename: one.group for one in images.list()} == {
        "a.png": "p1", "b.png": "p1", "c.png": "p2", "d.png": None,
    }  # fmt: skip


def test_without_being_asked_nothing_is_grouped(
    images: ImageService, importer: Importer, source: Path
) -> None:
    assert importer.apply(_files(source)).groups == []
    assert {one.group for one in images.list()} == {None}


def test_one_folder_makes_no_group_and_that_is_said(importer: Importer, source: Path) -> None:
    _files(source)
    plan = importer.plan(FileTree.of(source / "p1"), ImportOptions(group_by_folder=True))
    assert [group.text for group in plan.groups] == [
        "2 images: no folder tells them apart, so that folders make no groups"
    ]
