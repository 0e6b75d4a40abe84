"""Texts put together from parts as the program runs have words as a whole.

`test_sources` sees each part by itself; which parts meet is known only here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from samstudio.db.tables import JobRow
from samstudio.domain import JobPoint, JobStatus
from samstudio.services.jobs.rows import lost_because
from samstudio.services.preflight import dataset_checks as preflight_dataset
from samstudio.services.preflight import pair_checks as preflight_pairs
from samstudio.services.preflight.findings import Finding, Seen
from samstudio.services.preflight.object_checks import check_broken, check_whole_image
from samstudio.services.tuning import records as tuning_records
from samstudio.tuning.collapse import Collapse
from samstudio.tuning.gate import Choice, Differences, Guard, Verdict, against_live, decide
from samstudio.tuning.gate.messages import codes
from samstudio.tuning.outcome import JudgedObject, TuneOutcome
from samstudio.tuning.protocols import guard_protocols
from samstudio.tuning.recipe import Recipe
from samstudio.web.page.finetune import jobs
from samstudio.web.page.finetune import tab as finetune
from samstudio.web.page.versions import tab as versions
from tests.unit.tuning.fakes import evidence
from tests.unit.web.fakes import NOW, FakeProject, make_job
from tests.unit.web.i18n.lookup import is_translated
from tests.unit.web.i18n.prose import is_prose, of_html

BASE = np.linspace(0.6, 0.8, 8)
WORSE = [Guard(one.name, BASE, BASE - 0.2) for one in guard_protocols()]
IMAGES = [f"image{n}" for n in range(8)]
SAFE = Choice(strength=0.5, expected=0.04, risk=0.003, safe=True)
CAREFUL = Choice(strength=0.25, expected=0.02, risk=0.2, safe=True, careful=True)
UNSAFE = Choice(strength=0.5, expected=0.02, risk=0.3, safe=False)


IGNORED = Collapse(prompts=20, ignored=15, ignored_by_stock=1, objects=9, worth=0.2, worth_error=0.05)
BLIND = Collapse(prompts=20, ignored=0, ignored_by_stock=0, objects=9, worth=0.002, worth_error=0.008)


def untranslated(texts: Iterator[str] | list[str]) -> list[str]:
    return [text for text in texts if not is_translated(text)]


def _verdicts() -> Iterator[Verdict]:
    def judged(base: Any, candidate: Any, **given: Any) -> Verdict:
        return decide(evidence(base, candidate, **given))

    better = BASE + 0.05
    yield judged(BASE, better)
    yield from (judged(BASE[:1], BASE[:1] + gain) for gain in (0.1, -0.5))
    yield from (judged(BASE, BASE - 0.2), judged(BASE + 0.2, BASE))
    for seen in (BASE, BASE[:1]):
        for choice in (CAREFUL, UNSAFE):
            yield judged(seen, seen + 0.05, choice=choice)
    yield from (judged(BASE, better, guards=WORSE[:count]) for count in (1, 2, 3))
    for seen in (BASE, BASE[:1]):
        better_live = against_live(
            seen + 0.2, seen, Differences.of(seen + 0.2, seen, IMAGES[: len(seen)]), fair=True
        )
        for fair in (True, False):
            yield judged(seen, seen + 0.05, choice=SAFE, against_live=replace(better_live, fair=fair))
    yield judged(BASE, BASE - 0.2, steps=3, max_seconds=60)
    yield judged(BASE, better, everyday=WORSE[0], recipe=Recipe(keep_everyday=True))
    yield from (judged(BASE, better, collapse=found) for found in (IGNORED, BLIND))
    yield from (Verdict(False, "nothing-to-judge", {"images": count}) for count in (1, 2))
    yield Verdict(False, "nothing-new-to-judge", {"images": 1})


def test_every_code_is_among_these_verdicts() -> None:
    assert {verdict.code for verdict in _verdicts()} == set(codes())


@pytest.mark.parametrize("worst", [0, 1, 2, 3])
def test_verdicts_have_words_with_whatever_follows_them(worst: int) -> None:
    objects = tuple(JudgedObject("a", number, base=0.5, live=0.5, candidate=0.5) for number in range(worst))
    for verdict in _verdicts():
        outcome = TuneOutcome({}, verdict, 0.5, 0.5, 0.5, 3, 3, 1.0, objects=objects)
        reason = tuning_records.reason(outcome, lambda _id: "a picture.png")
        assert untranslated([reason, f"Nothing changed. {reason}", f"v2 went live. {reason}"]) == []


def _seen(count: int, **known: Any) -> list[Seen]:
    one = Seen(1, "a", "a.png", "a", (50, 60), (0, 0, 59, 49), 3000, 1, sure=True)
    return [one._replace(id=n, image_id=f"{n}", image=f"{n}.png", **known) for n in range(1, count + 1)]


def _findings(count: int) -> Iterator[Finding]:
    seen = _seen(count)
    yield from check_whole_image(seen)
    for broken in ("empty_mask", "mask_size", "damaged_mask"):
        yield from check_broken(_seen(count, broken=broken))
    for kind in preflight_pairs.KINDS:
        yield from preflight_pairs.check_pairs([(kind, (one, one)) for one in seen], cut=True)
    for check in (preflight_dataset.check_images, preflight_dataset.check_already_sure):
        yield from check(seen)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 1200])
def test_findings_have_words_however_many_they_are_about(count: int) -> None:
    assert untranslated([text for one in _findings(count) for text in (one.text, one.advice)]) == []


def test_lost_jobs_have_words() -> None:
    late, stale = NOW + timedelta(hours=1), timedelta(seconds=30)
    known = {"created_at": NOW, "worker_host": "elsewhere", "worker_pid": 7, "worker_started": 1.0}
    rows = [JobRow(status=status, **known) for status in (JobStatus.QUEUED, JobStatus.RUNNING)]
    reasons = [lost_because(row, now=late, stale=stale) or "none" for row in rows]
    assert untranslated([*reasons, *(f"The job failed. {reason}" for reason in reasons)]) == []


def _pages(project: FakeProject) -> Iterator[str]:
    moved = datetime(2025, 3, 9, 14, 5, tzinfo=UTC)
    scores = {"base_miou": 0.68, "candidate_miou": 0.8, "n_val": 24, "strength": 0.5}
    scores |= {"by_strength": {"0.25": 0.7, "0.5": 0.8}, "protocols": {"click": {"base": 0.5, "live": 0.5}}}
    less = {"base": 4, "candidate": 2}
    effort = {"objects": 9, "clicks90": less, "corrected_pixels": less}
    made = {"reason": "Stock is already good here."}
    config = {"blended_from": 1, "recipe": {"batch": 4}, "seed": 0}
    yield versions.versions_html(project)  # type: ignore[arg-type]
    project.put_job(make_job(status=JobStatus.SUCCEEDED))
    project.make_version(**made, scores={**scores, "labour": effort}, config={"recipe": {}}, job_id=1)
    project.make_version(**made, config=config)
    project.make_version(**made, config={"imported_from": "a.pth"})
    points = [JobPoint(1, 0.5, 0.6, 1.0), JobPoint(2, 0.4, 0.7, 2.0)]
    known = {"step": 3, "total_steps": 10, "seconds_left": 65.0, "created_at": moved, "result": scores}
    for number, status in enumerate(JobStatus, start=1):
        project.put_job(make_job(id=number, status=status, **known), points)
        yield jobs.job_html(project) + finetune.start_html(project)  # type: ignore[arg-type]
    yield jobs.history_html(project)  # type: ignore[arg-type]
    for number in (0, 1, 2, 3):
        project.versions.promote(number)
        yield versions.versions_html(project, number)  # type: ignore[arg-type]


def test_pages_have_words(project: FakeProject, image_id: str) -> None:
    pages = list(_pages(project))
    asked = [text for page in pages for text in re.findall(r'data-confirm="([^"]*)"', page)]
    shown = [text for page in pages for text in of_html(page) if is_prose(text)]
    assert len(asked) > 5
    assert sorted(set(untranslated([*asked, *shown]))) == []
