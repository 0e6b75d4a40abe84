from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from samstudio.domain import DecoderVersion, JobPoint, JobStatus
from samstudio.records import VersionConfig
from samstudio.web.page.versions import tab as versions
from samstudio.web.page.versions.details import details_html
from tests.unit.web.fakes import NOW, FakeProject, make_job, version_of

RECIPE = {"learning_rate": 4e-4, "batch": 4}
SCORES = {
    "base_miou": 0.681,
    "live_miou": 0.7,
    "candidate_miou": 0.802,
    "n_val": 24,
    "strength": 0.5,
    "by_strength": {"0.25": 0.76, "0.5": 0.802},
    "protocols": {"click": {"base": 0.5, "candidate": 0.45}, "new": {"base": 0.5, "candidate": 0.5}},
}


def _tuned(project: FakeProject, **known: Any) -> DecoderVersion:
    job = make_job(status=JobStatus.SUCCEEDED, result={"seconds": 95.2}, finished_at=NOW)
    project.put_job(job, [JobPoint(1, 0.5, None, 1.0), JobPoint(2, 0.4, 0.71, 2.0)])
    given = {
        "promote": True,
        "job_id": 1,
        "scores": SCORES,
        "config": {"recipe": RECIPE, "models": 4, "steps": 66, "final_steps": 110, "seed": 0},
        "annotation_ids": (1, 2, 3),
        "dataset_digest": "abcdef0123456789" * 4,
    }
    return project.versions.get(project.make_version(**(given | known)))


def test_lineage_recipe_evaluation_and_curves(project: FakeProject) -> None:
    page = details_html(project, _tuned(project))
    for fact in ("Tuned from", "stock", "3 objects", "abcdef012345<", "1 min 35 s", "0.0004", "110"):
        assert fact in page
    assert "abcdef0123456" not in page
    assert "mIoU on 24 held-out objects, by prompt" in page
    assert page.count("<td") == 5 * 3
    assert "+0.121" in page
    assert '<td class="ss-num ss-down">−0.050</td>' in page
    assert "One click" in page
    assert "0.5: 0.802 (chosen)" in page
    assert page.count("<svg") == 2
    assert "stock 0.681" in page
    assert "Clicks to reach" not in page


def test_a_version_of_a_large_set_says_what_part_of_it_was_drawn(project: FakeProject) -> None:
    drawn = {"objects": 2_000, "of_objects": 50_000, "images": 500, "of_images": 5_000}
    page = details_html(project, _tuned(project, config={"drawn": drawn}))
    assert "2,000 of 50,000 objects, drawn evenly over 500 of 5,000 images" in page
    assert "3 objects" in details_html(project, _tuned(project, config={"drawn": {"objects": "many"}}))


def test_annotation_effort_is_shown_where_it_was_measured(project: FakeProject) -> None:
    effort = {
        "clicks90": {"base": 4.12, "candidate": 1.6},
        "corrected_pixels": {"base": 1240.0, "candidate": 380.4},
        "objects": 24,
    }
    page = details_html(project, _tuned(project, scores=SCORES | {"labour": effort}))
    assert "Clicks to reach IoU 0.90: 4.1 → <b>1.6</b>" in page
    assert "Pixels to correct per object: 1,240 → <b>380</b>" in page
    assert "over 24 objects" in page
    half = {"clicks90": effort["clicks90"], "corrected_pixels": None}
    page = details_html(project, _tuned(project, scores=SCORES | {"labour": half}))
    assert "Clicks to reach" in page
    assert "Pixels to correct" not in page


@pytest.mark.parametrize(("after", "news"), [(0.83, True), (0.97, False)])
def test_everyday_objects_are_news(project: FakeProject, after: float, news: bool) -> None:
    scores = SCORES | {"protocols": {"canary": {"base": 0.99, "candidate": after}}}
    page = details_html(project, _tuned(project, scores=scores))
    assert f"Everyday objects: 0.99 → <b>{after}</b>" in page
    assert ("This decoder now is for images like yours." in page) is news


def test_an_imported_and_a_blended_version_say_where_they_come_from(project: FakeProject) -> None:
    imported = version_of(2, promoted=False, reason="imported")
    page = details_html(project, dataclasses.replace(imported, config=VersionConfig(imported_from="<b>.pth")))
    assert "&lt;b&gt;.pth" in page
    assert "No gate has judged it" in page
    blended = dataclasses.replace(imported, parent=1, config=VersionConfig(blended_from=1, strength=0.25))
    page = details_html(project, blended)
    assert "stock and v1" in page
    assert "0.25" in page
    assert "<svg" not in page


def test_a_job_that_is_not_known_any_more_is_no_failure(project: FakeProject) -> None:
    made = _tuned(project)
    assert "Took" in details_html(project, made)
    assert "Took" not in details_html(project, dataclasses.replace(made, job_id=9))


def test_one_version_is_unfolded_in_the_table(project: FakeProject) -> None:
    _tuned(project)
    assert "ss-details" not in versions.versions_html(project)
    page = versions.versions_html(project, 1)
    assert page.count("ss-details") == 1
    assert "Hide details" in page
    assert page.count('data-act="details"') == 1, "stock has nothing to unfold"
    assert "ss-details" not in versions.versions_html(project, 9)


def test_a_blend_is_no_candidate_that_a_gate_kept_aside(project: FakeProject) -> None:
    _tuned(project)
    project.comparison.keep(1, 0.5)
    page = versions.versions_html(project)
    assert "blended" in page
    assert "kept aside" not in page
    assert "blended by hand, and no gate has judged it" in page
    assert versions._act(project, {"act": "kept", "number": "2"}) == (
        "Kept as version 2. It is not live: make it live when you like.",
        "good",
    )
