"""The details of one version: its origin, its training and its evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from samstudio.domain import DecoderVersion, Job, StudioError
from samstudio.records import VersionConfig
from samstudio.text import drawn_words, plural
from samstudio.web.page.chart import line_chart
from samstudio.web.page.markup import clock, duration, esc, seconds_between, version_name
from samstudio.web.page.versions.scores import effort_html, everyday_html, judged_html

if TYPE_CHECKING:
    from samstudio.project import Project

VERBATIM = ("Imported from", "Dataset")
"""Facts that are the same in every language: a file's name, a digest."""


def details_html(project: Project, version: DecoderVersion) -> str:
    """Return the unfolded part of a version's row."""
    job = _job(project, version)
    parts = [_facts(_lineage(version, job)), _facts(_recipe(version.config)), judged_html(version)]
    parts += [effort_html(version.scores), everyday_html(version.scores), _curves(project, version)]
    return f'<div class="ss-details">{"".join(parts)}</div>'


def _job(project: Project, version: DecoderVersion) -> Job | None:
    try:
        return None if version.job_id is None else project.jobs.get(version.job_id)
    except StudioError:
        return None


def _facts(facts: Mapping[str, str]) -> str:
    """Return names and values in a row; empty where there are none."""
    shown = "".join(_fact(name, value) for name, value in facts.items())
    return f'<dl class="ss-facts">{shown}</dl>' if shown else ""


def _fact(name: str, value: str) -> str:
    kept = ' translate="no"' if name in VERBATIM else ""
    return f"<div><dt>{esc(name)}</dt><dd{kept}>{esc(value)}</dd></div>"


def _lineage(version: DecoderVersion, job: Job | None) -> dict[str, str]:
    """Return a version's origin, as labels and values."""
    config = version.config
    facts = {"Made": clock(version.created_at)}
    if config.imported_from is not None:
        facts["Imported from"] = config.imported_from
    elif config.blended_from is not None:
        facts["Blended from"] = f"stock and {version_name(config.blended_from)}"
        facts["Strength"] = f"{config.strength or 0:g}"
    elif version.parent is not None:
        facts["Tuned from"] = version_name(version.parent)
    if version.job_id is not None:
        facts["Job"] = str(version.job_id)
    if version.annotation_ids:
        facts["Learned from"] = drawn_words(config.drawn) or plural(len(version.annotation_ids), "object")
    if version.dataset_digest:
        facts["Dataset"] = version.dataset_digest[:12]
    took = _seconds(job)
    if took:
        facts["Took"] = took
    return facts


def _seconds(job: Job | None) -> str:
    if job is None:
        return ""
    seconds = job.result.seconds if job.result else None
    return duration(seconds_between(job.started_at, job.finished_at) if seconds is None else seconds)


def _recipe(config: VersionConfig) -> dict[str, str]:
    """Return the main numbers that a version was trained with, as far as they were stored."""
    recipe = config.recipe
    numbers = {**(recipe or {}), **config.to_json()}
    wanted = {
        "learning_rate": "Learning rate",
        "batch": "Prompts a step",
        "models": "Models averaged",
        "steps": "Steps of each model",
        "final_steps": "Steps of the last model",
        "precision": "Precision",
        "seed": "Seed",
    }
    shown = {label: numbers.get(name) for name, label in wanted.items()}
    return {label: _number(value) for label, value in shown.items() if value is not None and recipe}


def _number(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _curves(project: Project, version: DecoderVersion) -> str:
    """Return a job's loss and held-out mIoU by step as charts; empty for a version without a job."""
    points = [] if version.job_id is None else project.jobs.points(version.job_id)
    if not points:
        return ""
    loss = [(float(point.step), point.loss) for point in points if point.loss is not None]
    held_out = [(float(point.step), point.val_miou) for point in points if point.val_miou is not None]
    base = version.scores.base_miou
    reference = ("stock", base) if base is not None and held_out else None
    return (
        '<div class="ss-cols">'
        + line_chart(loss, title="Loss")
        + line_chart(held_out, title="mIoU on held-out images", reference=reference)
        + "</div>"
        + f'<a class="ss-button ss-small" href="studio/plots/job/{version.job_id}.png" download>'
        "Save the curves</a>"
    )
