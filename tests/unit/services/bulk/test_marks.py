"""What is said of one image: where it stands, a note, a flag; never over what somebody else said."""

from __future__ import annotations

import numpy as np
import pytest

from samstudio.domain import AnnotationStatus, InvalidInput, NewAnnotation, NotFound, StaleImage
from samstudio.masks import encode_rle
from samstudio.services.bulk import ImageMarks
from samstudio.services.image_queries import ImageQuery, ImageQueryService, StateCounts
from samstudio.services.trash import TrashService
from tests.unit.services.pictures import colours, encoded

MASK = encode_rle(np.ones((24, 36), bool))
ACCEPTED, PROPOSED, REJECTED = AnnotationStatus.ACCEPTED, AnnotationStatus.PROPOSED, AnnotationStatus.REJECTED


@pytest.fixture
def lists(database):
    return ImageQueryService(database=database)


@pytest.fixture
def marks(database):
    return ImageMarks(database=database)


@pytest.fixture
def image(images):
    return images.add(encoded(colours(seed=1), "PNG"), filename="a.png").image.id


@pytest.mark.parametrize(
    ("said", "objects", "state"),
    [
        ("todo", [], "todo"),
        ("todo", [PROPOSED], "todo"),
        ("todo", [REJECTED], "todo"),
        ("todo", [ACCEPTED], "in_progress"),
        ("done", [], "done"),
        ("done", [ACCEPTED, PROPOSED], "done"),
        ("nothing", [], "nothing"),
        ("nothing", [PROPOSED, REJECTED], "nothing"),
        ("nothing", [ACCEPTED], "in_progress"),
    ],
)
def test_where_an_image_stands(annotations, lists, marks, image, said, objects, state):
    annotations.add_many([NewAnnotation(image, "cup", MASK, status=one) for one in objects])
    marks.change(image, [("state", said)])
    assert lists.get(image).state == state
    assert [one.id for one in lists.page(ImageQuery(state=state)).items] == [image]
    assert lists.states() == StateCounts(**{state: 1})


def test_nothing_here_holds_again_when_the_object_is_taken_back(annotations, lists, marks, image):
    marks.change(image, [("state", "nothing")])
    found = annotations.add(NewAnnotation(image, "cup", MASK))
    assert lists.get(image).state == "in_progress"
    annotations.delete(found.id)
    assert (lists.get(image).state, lists.get(image).image.mark) == ("nothing", "nothing")


@pytest.mark.parametrize(
    ("change", "seen"),
    [
        (("state", "done"), {"state": "todo"}),
        (("note", "look"), {"note": ""}),
        (("flag", ""), {"flagged": False}),
        (("group", "g"), {"group": ""}),
        (("split", "test"), {"split": ""}),
    ],
)
def test_a_change_sent_twice_counts_once_and_is_no_conflict(lists, marks, image, change, seen):
    marks.change(image, [change], seen=seen)
    once = lists.get(image)
    marks.change(image, [change], seen=seen)
    assert lists.get(image) == once


@pytest.mark.parametrize(
    ("theirs", "mine", "seen", "words"),
    [
        (("state", "nothing"), ("state", "done"), {"state": "todo"}, "the state of this image"),
        (("note", "theirs"), ("note", "mine"), {"note": ""}, "it is 'theirs', you saw empty"),
        (("split", "val"), ("split", "test"), {"split": ""}, "the split"),
    ],
)
def test_what_somebody_else_said_is_not_written_over(lists, marks, image, theirs, mine, seen, words):
    marks.change(image, [theirs], seen=seen)
    before = lists.get(image)
    with pytest.raises(StaleImage, match=words):
        marks.change(image, [("flag", ""), mine], seen=seen)
    assert lists.get(image) == before, "nothing of it was done"
    marks.change(image, [mine], seen={})
    assert lists.get(image) != before


def test_what_cannot_be_said_changes_nothing(database, images, lists, marks, image):
    before = lists.get(image)
    for change in (("state", "in_progress"), ("note", "x" * 2001), ("note", "\x00"), ("paint", "")):
        with pytest.raises(InvalidInput):
            marks.change(image, [("flag", ""), change])
    with pytest.raises(NotFound):
        marks.change("f" * 64, [("flag", "")])
    assert lists.get(image) == before
    TrashService(database=database, images=images, days=30).discard([image])
    with pytest.raises(NotFound):
        marks.change(image, [("flag", "")])
    assert lists.states() == StateCounts()


def test_an_object_has_a_note_and_a_flag(annotations, lists, image):
    made = annotations.add(NewAnnotation(image, "cup", MASK))
    changed = annotations.update(made.id, revision=1, note=" is it\none? ", flagged=True)
    assert (changed.note, changed.flagged, changed.revision) == ("is it\none?", True, 2)
    assert annotations.list(image) == [changed]
    assert (lists.get(image).flagged, lists.get(image).image.flagged) == (True, False)
    again = annotations.update(made.id, revision=2, note="", flagged=False)
    assert (again.note, again.flagged, lists.get(image).flagged) == ("", False, False)
    with pytest.raises(InvalidInput):
        annotations.update(made.id, revision=3, note="x" * 2001)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("　全角の空白　も文字　", "全角の空白　も文字"),
        ("👩‍🔬 é \u00a0x", "👩‍🔬 é \u00a0x"),
        ("a\r\nb \x0b c\u2028d", "a\nb\n c\nd"),
        ("\u202eabc", "\u202eabc"),
        ("\ttab\tin", "tab\tin"),
    ],
)
def test_a_note_is_whatever_people_type(lists, marks, image, typed, stored):
    marks.change(image, [("note", typed)])
    assert lists.get(image).note == stored


@pytest.mark.parametrize("typed", ["\x00", "a\x07b", "\x7f", "\ud800"])
def test_a_note_has_no_control_characters(marks, image, typed):
    with pytest.raises(InvalidInput):
        marks.change(image, [("note", typed)])
