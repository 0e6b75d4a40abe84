"""The sentences of the comparison of two versions, with what biases the scores."""

from __future__ import annotations

from collections.abc import Sequence

from samstudio.domain import STOCK_VERSION, DecoderVersion
from samstudio.services.comparison.strength import judged_at
from samstudio.services.comparison.types import SHARES, Comparison, Row
from samstudio.text import plural
from samstudio.web.page.markup import miou, version_name

NO_OBJECTS = (
    "Nothing to compare on yet",
    "Accept a few masks on the Annotate tab: both versions then answer the same boxes, "
    "and are measured against your masks.",
)
ONLY_STOCK = (
    "Only the stock decoder so far",
    "Fine-tune on a few accepted masks, or import a version; it is then compared with stock here.",
)


def strength_name(number: int, strength: float) -> str:
    """``stock``, ``½`` part of the way from it, or ``v3``."""
    if strength in SHARES:
        return SHARES[strength].sign
    return version_name(STOCK_VERSION if strength == 0 else number)


def side_name(number: int, strength: float = 1.0) -> str:
    """Return ``v3``, or ``½ v3`` part of the way from stock."""
    name = version_name(number)
    if number == STOCK_VERSION or strength == 0:
        return version_name(STOCK_VERSION)
    return name if strength == 1 else f"{SHARES[strength].sign} {name}"


def learned_from(rows: Sequence[Row], a: str, b: str) -> str:
    """Say which side was trained on how many of the objects; empty where neither was."""
    by = [(name, count) for name, count in ((a, _count(rows, "a")), (b, _count(rows, "b"))) if count]
    if not by:
        return ""
    parts = " and ".join(f"{name} learned from {count:,}" for name, count in dict(by).items())
    flattered = "its scores there flatter it" if len(dict(by)) == 1 else "their scores there flatter them"
    return f"{parts} of these {plural(len(rows), 'object')}, so {flattered}."


def _count(rows: Sequence[Row], side: str) -> int:
    return sum(getattr(row, side).learned for row in rows)


def on_unseen(version: DecoderVersion) -> str:
    """Say what the gate measured on images that the version's models had not seen; empty for none."""
    base, candidate = version.scores.base_miou, version.scores.candidate_miou
    if base is None or candidate is None:
        return ""
    name = version_name(version.number)
    return f"On images it had not seen, the gate measured {miou(base)} → {miou(candidate)} (stock → {name})."


def beyond(comparison: Comparison) -> str:
    """Say how many objects are left out; empty for none."""
    if not comparison.left_out:
        return ""
    return f"The first {len(comparison.rows):,} objects are compared; {comparison.left_out:,} more are not."


def strength_text(version: DecoderVersion, strength: float) -> tuple[float | None, str]:
    """Return the gate's mIoU at a strength, None where it measured none, and an explanation of it."""
    name = version_name(version.number)
    judged = judged_at(version, strength)
    if judged is not None and judged.of == "stock":
        return judged.miou, f"The stock decoder, on the objects that the gate held out for {name}."
    if judged is not None:
        how = (
            "The gate's figure"
            if strength == 1
            else f"{SHARES[strength].words} of the way from stock, the gate's figure"
        )
        return judged.miou, (
            f"{how}: its models at strength {judged.trial_strength:g}, on images that they had not seen. "
            f"{name} is the mean of them all, so this is a fair guess at it, not its own score."
        )
    if strength not in (0, 1) and version.scores.by_strength:
        return None, (
            f"{SHARES[strength].words} of the way from stock to {name}. The gate did not judge just this, "
            "so there is no figure on unseen images; the masks show what it does."
        )
    return None, f"The gate has not judged {name}, so there is no figure on unseen images."


def todo_text(live: str) -> str:
    """Return the explanation of the list of worst objects."""
    return (
        f"What {live} gets most wrong. Look whether the mask is right; if it is, accept more objects like "
        "it and fine-tune: these teach the most."
    )
