"""Names of exported files: taken by every system, unique, and one bad one costs nothing."""

from __future__ import annotations

import json
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samstudio.services.dataset_io.exports import EXPORT_FORMATS
from samstudio.services.dataset_io.exports.names import MOST_BYTES, StemNames, safe_stem, same_name, stem_of

NAMES = st.one_of(
    st.text(max_size=300),
    st.text("空é\U0001f600 .", max_size=120),
    st.sampled_from(
        ["con", "NUL.txt", "com1", "LPT¹", ".", "..", "...", " ", "a.", "a ", "A", "a", "\ud800", "\0"]
    ),
)


@given(NAMES)
def test_every_system_takes_a_stem(name):
    stem = safe_stem(name)
    assert 0 < len(stem.encode()) <= MOST_BYTES
    assert not set(stem) & set('<>:"/\\|?*\0\n\r')
    assert stem == stem.rstrip(". ") == stem.lstrip(" ")
    assert not stem.startswith(".")
    assert stem.split(".")[0].strip().lower() not in {"con", "nul", "com1", "lpt¹"}


@given(st.lists(NAMES, max_size=30))
def test_stems_are_unique_on_every_system(names):
    taken = StemNames()
    stems = [taken.take(name, f"{number:064x}"[::-1]) for number, name in enumerate(names)]
    assert len({same_name(stem) for stem in stems}) == len(stems)
    assert all(len(stem.encode()) <= MOST_BYTES for stem in stems)


def test_one_letter_in_two_notations_is_one_name():
    taken = StemNames()
    assert taken.take("\u00e9", "1" * 64) == "\u00e9"
    assert taken.take("e\u0301", "2" * 64) != "e\u0301"


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("stack.tif#2", "stack#2"),
        ("stack#2", "stack#2"),
        ("a.b.ome.tiff#10", "a.b.ome#10"),
        ("scan #3.png", "scan #3"),
        ("#7", "#7"),
        ("a#.png", "a#"),
    ],
)
def test_a_page_keeps_its_number(name, stem):
    assert stem_of(name) == stem


@pytest.mark.parametrize("name", ["a.b.png", "空の写真.jpg", "scan #3 (copy).tif", "x.tar.gz"])
def test_ordinary_names_stay(name):
    assert safe_stem(PurePosixPath(name).stem) == PurePosixPath(name).stem


@pytest.mark.parametrize("name", EXPORT_FORMATS.names())
@pytest.mark.parametrize("odd", ["空" * 80, "x" * 255, "NUL", "a:b?", "\U0001f600" * 70])
def test_odd_names_stop_no_export(dataset, database, name, odd):
    from sqlalchemy import text

    dataset.add("odd.png", "cup")
    dataset.add("ok.png", "cup")
    with database.write() as session:
        session.execute(text("UPDATE images SET filename = :name WHERE seq = 1"), {"name": f"{odd}.png"})
    report = dataset.service.export(name, dataset.out)
    assert (report.images, report.annotations, report.notes) == (2, 2, [])
    assert all(len(part.encode()) <= 255 for path in dataset.files() for part in path.split("/"))
    json.dumps(sorted(dataset.files()))
