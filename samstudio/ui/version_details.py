"""All that is known of one version: where it came from, how it was trained, and how it was judged."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from samstudio.domain import DecoderVersion, Job, StudioError
from samstudio.ui.chart import line_chart
from samstudio.ui.markup import clock, duration, esc, miou, plural, seconds_between, table, version_name

if TYPE_CHECKING:
    from samstudio.bootstrap import Studio

PROTOCOLS = {"jitter": "Loose box", "click": "One click", "clicks3": "Three clicks"}


def details_html(studio: Studio, version: DecoderVersion) -> str:
    """The unfolded part of a version's row."""
    job = _job(studio, version)
    parts = [_facts(_lineage(version, job)), _facts(_recipe(version.config)), _judged(version)]
    parts += [_labour(version.scores), _curves(studio, version)]
    return f'<div class="ss-details">{"".join(parts)}</div>'


def _job(studio: Studio, version: DecoderVersion) -> Job | None:
    try:
        return None if version.job_id is None else studio.jobs.get(version.job_id)
    except StudioError:
        return None


def _facts(facts: Mapping[str, str]) -> str:
    """Names and values in a row; nothing for none."""
    shown = "".join(f"<div><dt>{esc(name)}</dt><dd>{esc(value)}</dd></div>" for name, value in facts.items())
    return f'<dl class="ss-facts">{shown}</dl>' if shown else ""


def _lineage(version: DecoderVersion, job: Job | None) -> dict[str, str]:
    """Where it came from."""
    config = version.config
    facts = {"Made": clock(version.created_at)}
    if "imported_from" in config:
        facts["Imported from"] = str(config["imported_from"])
    elif "blended_from" in config:
        facts["Blended from"] = f"stock and {version_name(int(config['blended_from']))}"
        facts["Strength"] = f"{float(config.get('strength', 0)):g}"
    elif version.parent is not None:
        facts["Tuned from"] = version_name(version.parent)
    if version.job_id is not None:
        facts["Job"] = str(version.job_id)
    if version.annotation_ids:
        facts["Learned from"] = plural(len(version.annotation_ids), "object")
    if version.dataset_digest:
        facts["Dataset"] = version.dataset_digest[:12]
    took = _seconds(job)
    if took:
        facts["Took"] = took
    return facts


def _seconds(job: Job | None) -> str:
    if job is None:
        return ""
    seconds = (job.result or {}).get("seconds")
    whole = seconds if isinstance(seconds, int | float) else seconds_between(job.started_at, job.finished_at)
    return duration(whole)


def _recipe(config: Mapping[str, Any]) -> dict[str, str]:
    """The main numbers it was trained with, those that were kept."""
    recipe = config.get("recipe")
    numbers = {**(recipe if isinstance(recipe, Mapping) else {}), **config}
    wanted = {
        "learning_rate": "Learning rate",
        "batch": "Prompts a step",
        "models": "Models averaged",
        "steps": "Steps of a trial model",
        "final_steps": "Steps of the last model",
        "precision": "Precision",
        "seed": "Seed",
    }
    shown = {label: numbers.get(name) for name, label in wanted.items()}
    return {label: _number(value) for label, value in shown.items() if value is not None and recipe}


def _number(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _judged(version: DecoderVersion) -> str:
    """The full evaluation on held-out objects, by protocol; a sentence where there is none."""
    scores = version.scores
    if not isinstance(scores.get("candidate_miou"), int | float):
        return '<p class="ss-lead">No gate has judged it on images it had not seen.</p>'
    name = version_name(version.number)
    decides = (scores.get(f"{role}_miou") for role in ("base", "live", "candidate"))
    rows = [_scored("Tight box (decides)", *decides)]
    protocols = scores.get("protocols")
    for protocol, by in (protocols if isinstance(protocols, Mapping) else {}).items():
        label = PROTOCOLS.get(str(protocol), str(protocol))
        rows.append(_scored(label, by.get("base"), by.get("live"), by.get("candidate")))
    judged = scores.get("n_val")
    on = f" on {plural(judged, 'held-out object')}" if isinstance(judged, int) else ""
    return (
        f"<h3>mIoU{esc(on)}, by prompt</h3>"
        + table(["Prompt", "stock", "live then", name, "against stock"], rows)
        + _strengths(scores)
    )


def _scored(label: str, base: Any, live: Any, candidate: Any) -> list[str]:
    known = isinstance(base, int | float) and isinstance(candidate, int | float)
    change = f"{candidate - base:+.3f}".replace("-", "−") if known else "–"
    kind = "" if not known else "ss-up" if candidate > base else "ss-down" if candidate < base else ""
    return [
        esc(label),
        *(f'<td class="ss-num">{miou(value)}</td>' for value in (base, live, candidate)),
        f'<td class="ss-num {kind}">{change}</td>',
    ]


def _strengths(scores: Mapping[str, Any]) -> str:
    """What the trial models scored at each strength, the chosen one marked."""
    by_strength = scores.get("by_strength")
    if not isinstance(by_strength, Mapping) or not by_strength:
        return ""
    chosen = scores.get("strength")
    tried = sorted((float(strength), score) for strength, score in by_strength.items())
    each = [
        f"{strength:g}: {miou(score)}{' (chosen)' if strength == chosen else ''}" for strength, score in tried
    ]
    return f'<p class="ss-lead">Trial models by strength: {" · ".join(each)}</p>'


def _labour(scores: Mapping[str, Any]) -> str:
    """The work that the version saves, where it was measured."""
    labour = scores.get("labour")
    if not isinstance(labour, Mapping):
        return ""
    told = [
        _saved("Clicks to reach IoU 0.90", labour.get("clicks90"), ".1f"),
        _saved("Pixels to correct per object", labour.get("corrected_pixels"), ",.0f"),
    ]
    shown = " · ".join(one for one in told if one)
    objects = labour.get("objects")
    over = f"over {plural(objects, 'object')}" if isinstance(objects, int) else ""
    return f'<p class="ss-labour">{shown} <span class="ss-lead">{over}</span></p>' if shown else ""


def _saved(label: str, by: Any, form: str) -> str:
    before, after = (by.get(name) if isinstance(by, Mapping) else None for name in ("base", "candidate"))
    if not isinstance(before, int | float) or not isinstance(after, int | float):
        return ""
    return f"{label}: {before:{form}} → <b>{after:{form}}</b>"


def _curves(studio: Studio, version: DecoderVersion) -> str:
    """The job's loss and its mIoU on held-out images, step by step; nothing for a version without a job."""
    points = [] if version.job_id is None else studio.jobs.points(version.job_id)
    if not points:
        return ""
    loss = [(float(point.step), point.loss) for point in points if point.loss is not None]
    held_out = [(float(point.step), point.val_miou) for point in points if point.val_miou is not None]
    base = version.scores.get("base_miou")
    reference = ("stock", float(base)) if isinstance(base, int | float) and held_out else None
    return (
        '<div class="ss-cols">'
        + line_chart(loss, title="Loss")
        + line_chart(held_out, title="mIoU on held-out images", reference=reference)
        + "</div>"
    )
