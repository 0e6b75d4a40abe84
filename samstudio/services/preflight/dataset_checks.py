"""Preflight's checks of the accepted objects as a whole: plain values in, findings out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from samstudio.domain import Use
from samstudio.services.preflight.findings import Finding, Seen, Severity, named
from samstudio.services.splits.use import Uses
from samstudio.text import aside_words, plural
from samstudio.tuning.recipe import IMAGES_TO_JUDGE

NOTHING_ACCEPTED = (
    "There is nothing to learn from yet: accept at least one mask on each of 3 or more images, "
    "then press Fine-tune now again."
)

NOTHING_TO_LEARN_FROM = (
    "There is nothing to learn from: every accepted mask is on an image that is kept aside for testing or "
    "validation. Accept masks on other images, or make the test set smaller."
)

ALL_FREE = Uses()
"""Nothing is fixed for testing or validation."""


def check_nothing(seen: Sequence[Seen], uses: Uses = ALL_FREE) -> list[Finding]:
    """Report that there is no accepted object to learn from, or none that can be used.

    Args:
        seen: The accepted objects, the test set aside.
        uses: What tuning may use for what.
    """
    if uses.all_aside:
        return [Finding(Severity.ERROR, "nothing", NOTHING_TO_LEARN_FROM, "")]
    if not seen:
        return [Finding(Severity.ERROR, "nothing", NOTHING_ACCEPTED, "")]
    if all(one.broken for one in seen):
        text = "None of the accepted masks can be used."
        return [Finding(Severity.ERROR, "nothing", text, "Accept masks on 3 or more images.", len(seen))]
    return []


def check_kept_aside(uses: Uses) -> list[Finding]:
    """Report the images that no tuning looks at, and those that it only judges on."""
    found = []
    if uses.test.images:
        text = aside_words(uses.test.images)
        advice = "No tuning looks at them; the Versions tab scores every version on them."
        found.append(Finding(Severity.INFO, "test_set", text, advice))
    if judged := uses.of(Use.JUDGE).images:
        text = f"For validation: {plural(judged, 'image')}."
        advice = "Every model is judged on them, and none learns from them."
        found.append(Finding(Severity.INFO, "validation", text, advice))
    return found


def check_images(seen: Sequence[Seen]) -> list[Finding]:
    """Report that there are too few images, or all of one group, to learn and to judge."""
    images = {one.image_id for one in seen}
    groups = {one.group for one in seen}
    if images and len(images) < IMAGES_TO_JUDGE:
        text = f"Only {plural(len(images), 'image')} with accepted masks: a result could not be judged."
        advice = "Accept masks on at least 3 images; until then every result stays aside."
        return [Finding(Severity.WARNING, "few_images", text, advice)]
    if images and len(groups) == 1:
        text = f"All {len(images):,} images belong to one group ({seen[0].group}), which is never split."
        advice = "Accept masks on images of another group; until then every result stays aside."
        return [Finding(Severity.WARNING, "one_group", text, advice)]
    return []


def check_category(seen: Sequence[Seen]) -> list[Finding]:
    """Report that there is one category only, which is fine."""
    if len({one.category for one in seen}) != 1:
        return []
    text = "All objects have one category."
    return [Finding(Severity.INFO, "one_category", text, "That is fine: SAM learns shapes, not categories.")]


def check_balance(seen: Sequence[Seen]) -> list[Finding]:
    """Report an image with more than half of the objects."""
    images = Counter(one.image_id for one in seen)
    if len(images) < IMAGES_TO_JUDGE:
        return []
    image_id, most = images.most_common(1)[0]
    if most * 2 <= len(seen):
        return []
    name = next(one.image for one in seen if one.image_id == image_id)
    text = f"{name} holds {most:,} of {len(seen):,} objects."
    advice = "Images take turns, so it will not drown the others; masks on other images teach more."
    return [Finding(Severity.INFO, "unequal", text, advice, image_id=image_id)]


def check_already_sure(seen: Sequence[Seen]) -> list[Finding]:
    """Report images whose every mask is what stock proposed and was sure of."""
    names = {one.image_id: one.image for one in seen}
    sure: dict[str, bool] = defaultdict(lambda: True)
    for one in seen:
        sure[one.image_id] &= one.sure
    easy = [image_id for image_id, all_sure in sure.items() if all_sure]
    if not easy:
        return []
    text = (
        f"On {plural(len(easy), 'image')} every mask is as stock proposed it, and it was sure of each: "
        f"{named(names[image_id] for image_id in easy)}."
    )
    advice = "There is little to learn there; annotate objects that stock gets wrong."
    count = sum(sure[one.image_id] for one in seen)
    return [Finding(Severity.INFO, "already_sure", text, advice, count, image_id=easy[0])]
