"""How versions do on the fixed test set, as HTML: a line above the table, and a cell of each row."""

from __future__ import annotations

from samstudio.services.splits.scoring import TestSetScores, VersionTestScore
from samstudio.text import plural
from samstudio.web.page.markup import esc, miou

TEST_SET = "Test set"
"""The column's head."""


def score_line(scores: TestSetScores) -> str:
    """Return what the test set is, and how far scoring is; empty where there is none."""
    if not scores.objects:
        return ""
    said = [
        f"Test set: {plural(scores.objects, 'object')} on {plural(scores.images, 'image')}, "
        "which no tuning looks at."
    ]
    if scores.left_out:
        said.append(f"Of {plural(scores.objects + scores.left_out, 'object')}, so many are scored.")
    if scores.waiting:
        done = sum(one.objects + one.failed for one in scores.versions)
        said.append(f"Scoring: {done:,} of {done + scores.waiting:,}.")
    return f'<p class="ss-lead" data-test-set>{esc(" ".join(said))}</p>'


def score_cell(one: VersionTestScore | None) -> str:
    """Return the cell of a version."""
    if one is None:
        return '<td class="ss-num">–</td>'
    notes = [*([f"{one.waiting:,} to come"] if one.waiting else []), *_notes(one)]
    said = "".join(f'<div class="ss-lead">{esc(note)}</div>' for note in notes)
    title = f' title="{esc(one.problem)}"' if one.problem else ""
    return f'<td class="ss-num"{title}><b>{miou(one.miou)}</b>{said}</td>'


def _notes(one: VersionTestScore) -> list[str]:
    """Return what is to be known about the score."""
    notes = []
    if one.learned:
        notes.append(f"learned from {one.learned:,} of them")
    if one.failed:
        notes.append(f"{one.failed:,} cannot be scored")
    if one.problem:
        notes.append("not scored")
    return notes
