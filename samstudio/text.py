"""Numbers in sentences."""

from __future__ import annotations

from samstudio.records import Drawn


def plural(count: int, word: str) -> str:
    """Return a count with its noun: ``1 image``, ``2 images``, ``1,200 masks``."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def drawn_words(drawn: Drawn | None) -> str:
    """Return what part of a large dataset was drawn: ``2,000 of 50,000 objects, …``; empty where all was."""
    if drawn is None or None in (drawn.objects, drawn.of_objects, drawn.images, drawn.of_images):
        return ""
    return (
        f"{drawn.objects:,} of {drawn.of_objects:,} objects, "
        f"drawn evenly over {drawn.images:,} of {drawn.of_images:,} images"
    )


def aside_words(images: int | None) -> str:
    """Return a sentence on the test set that a tuning job did not look at; empty where there is none."""
    if not images:
        return ""
    verb = "is" if images == 1 else "are"
    return f"{plural(images, 'image')} {verb} kept aside as your test set."
