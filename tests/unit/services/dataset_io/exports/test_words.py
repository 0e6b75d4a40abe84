"""What an export has to say is said in Japanese as well, of one thing and of many."""

from __future__ import annotations

import pytest

from samstudio.services.dataset_io.exports import (
    folder,
    label_pictures,
    measurement_table,
    source,
    voc,
    xml_text,
    yolo,
)
from samstudio.services.dataset_io.exports.notes import Notes
from tests.unit.web.i18n.lookup import is_translated

SAID = [
    (source.NO_OBJECT % "accepted object", "image"),
    (source.NO_OBJECT % "accepted or proposed object of the category cup", "image"),
    (source.UNDECIDED, "image"),
    (source.NO_FILE, "image"),
    (source.NONE_USABLE, "image"),
    (source.REPLACED, "image"),
    ("{was} left out: the mask is empty: it has no foreground pixel, so it has no box", "object"),
    (label_pictures.TOO_MANY % 254, "image"),
    (label_pictures.OVERLAPS, "pixel"),
    (label_pictures.COVERED, "object"),
    (measurement_table.NO_VALUES, "image"),
    (voc.RENAMED, "name"),
    (xml_text.REPLACED, "name"),
    (yolo.JOINED, "object"),
    (yolo.ONE_GROUP, "group"),
    (folder.STALE, "file"),
    (folder.SHARED % "yolo", "file"),
]


@pytest.mark.parametrize(("text", "noun"), SAID)
@pytest.mark.parametrize("count", [1, 7])
def test_notes_are_translated(text, noun, count):
    notes = Notes()
    for number in range(count):
        notes.add(text, f"{number}.png", noun=noun)
    (sentence,) = notes.sentences()
    assert is_translated(sentence), sentence


@pytest.mark.parametrize(
    "reason", [folder.FOREIGN, folder.CHANGED, folder.LINK, folder.NO_FOLDER, folder.FOLDER, folder.OTHER]
)
def test_what_is_in_the_way_is_translated(reason):
    assert is_translated(f"{reason}: masks/a.png, masks/b.png")
    assert is_translated(
        f"nothing was written to /out, where 2 files would be overwritten ({reason}: a). "
        "Export into another folder, or move what is there away"
    )
