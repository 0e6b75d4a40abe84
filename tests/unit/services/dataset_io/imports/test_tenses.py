import re

import pytest

from samstudio.services.dataset_io.imports.outcomes import HEADINGS, Tally
from samstudio.services.dataset_io.imports.reading import EntryKind, Skipped
from samstudio.services.dataset_io.imports.tenses import FUTURE, in_future
from samstudio.web.i18n.catalogues import catalogue

IT_DID = re.compile(
    r"\b(they|it|image|rest|boxes|box|which|objects|annotations|and) (came in|was|were|got)\b|held back"
)
"""What the import itself does, said of the past; what a file or a person did stays in the past."""


@pytest.mark.parametrize("heading", HEADINGS.values())
def test_every_heading_has_a_future(heading):
    assert bool(IT_DID.search(heading)) == (in_future(heading) != heading)
    assert "will come in" in in_future(heading) or "came in" not in heading


@pytest.mark.parametrize("done", FUTURE)
def test_what_was_planned_is_said_once(done):
    said = in_future(f"a.png has no mask: {done} all")
    assert said == f"a.png has no mask: {FUTURE[done]} all"
    assert in_future(said) == said


def test_names_of_files_are_left_alone():
    assert in_future("came in.png: was taken.png is missing") == "came in.png: was taken.png is missing"


def test_each_future_has_japanese_words_of_its_own():
    words = catalogue("ja")
    lacking = [message for message in words if in_future(message) not in words]
    alike = [m for m in words if in_future(m) != m and words[m] == words.get(in_future(m))]
    assert (lacking, alike) == ([], [])


@pytest.mark.parametrize("planned", [True, False])
def test_a_tally_says_when(planned):
    tally = Tally(planned=planned)
    tally.note(
        Skipped("a.png", "has no mask a.png; the image came in without objects", "no_mask", EntryKind.IMAGE)
    )
    tally.skip(*(Skipped(f"{n}.png", "x", "mask_picture", EntryKind.IMAGE) for n in range(2)))
    tally.doubt("a.png", "value 1", "it has 2 separate parts, and was taken as one object")
    texts = " ".join(group.text for group in tally.groups()) + tally.doubts[0].why
    assert texts.count("will ") == (4 if planned else 0)
    assert bool(re.search("came in|was taken|were held", texts)) is not planned
