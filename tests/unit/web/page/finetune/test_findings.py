from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pytest

from samstudio.domain import NewAnnotation
from samstudio.masks import encode_rle
from samstudio.services.preflight.findings import Finding, Severity
from samstudio.web.page.finetune import tab as finetune
from samstudio.web.page.finetune.findings import findings_html
from tests.unit.web.fakes import FakeProject, make_job

WARNS = Finding(
    Severity.WARNING, "tiny", "1 object is tiny: object 7 on <b>.png.", "Delete it.", 1, (7,), "f00"
)
TELLS = Finding(Severity.INFO, "one_category", "All objects have one category.", "That is fine.")
STOPS = Finding(Severity.ERROR, "nothing", "None of the accepted masks can be used.", "Draw them.", 2)


def test_no_finding_is_no_card() -> None:
    assert findings_html([]) == ""


def test_warnings_are_open_and_notes_are_folded_away() -> None:
    card = findings_html([WARNS, TELLS])
    assert card.index("object 7 on &lt;b&gt;.png") < card.index("<details>") < card.index("one category")
    assert "<b>.png" not in card
    assert "1 note<" in card
    assert card.count('data-open="f00"') == card.count("data-open") == 1
    assert "<details>" not in findings_html([WARNS])


def _off(page: str) -> bool:
    return re.search(r"<button[^>]*\sdisabled>", page) is not None


def _accept(project: FakeProject, png: Callable[..., bytes]) -> None:
    image = project.images.add(png(), filename="a.png").image
    project.annotations.add(NewAnnotation(image.id, "cup", encode_rle(np.ones((60, 80), dtype=bool))))


def test_only_what_stops_turns_the_button_off(
    project: FakeProject, png: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _off(finetune.start_html(project))
    assert "Before you press" not in finetune.start_html(project)
    _accept(project, png)
    found = [WARNS, TELLS]
    monkeypatch.setattr(project.preflight, "check", lambda: found)
    page = finetune.start_html(project)
    assert not _off(page)
    assert page.index("Before you press") < page.index("Fine-tune now")
    found[:] = [STOPS]
    assert _off(finetune.start_html(project))
    assert "None of the accepted masks can be used." in finetune.start_html(project)


def test_while_a_job_runs_nothing_is_checked(
    project: FakeProject, png: Callable[..., bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    _accept(project, png)
    monkeypatch.setattr(project.preflight, "check", lambda: [WARNS])
    project.put_job(make_job())
    assert "Before you press" not in finetune.start_html(project)
