"""Sentences on what an export left out or could not hold, counted and grouped."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from samstudio.text import plural

SHOWN = 5
"""Names in a sentence; the others are counted."""

_ONE = {"was": "was", "has": "has", "belongs": "belongs", "goes": "goes"}
_MANY = {"was": "were", "has": "have", "belongs": "belong", "goes": "go"}


@dataclass
class _Group:
    """One sentence: how many are counted, of how many names, and the first of those."""

    count: int = 0
    mentions: int = 0
    names: list[str] = field(default_factory=list)


class Notes:
    """What an export has to say: equal sentences become one, with a count and the first names."""

    def __init__(self) -> None:
        self._groups: dict[tuple[str, str], _Group] = {}

    def add(self, text: str, name: str, *, noun: str = "image", count: int = 1) -> None:
        """Say something of one more image or object.

        Args:
            text: What is said of it, after its count; ``{was}``, ``{has}``, ``{goes}`` and ``{belongs}``
                agree with that.
            name: What the sentence calls it.
            noun: What is counted.
            count: How many of those it has.
        """
        group = self._groups.setdefault((text, noun), _Group())
        group.count += count
        group.mentions += 1
        if len(group.names) < SHOWN:
            group.names.append(name)

    def sentences(self) -> list[str]:
        """Return the sentences, in the order in which the first of each was said."""
        return [
            f"{plural(group.count, noun)} {text.format(**(_ONE if group.count == 1 else _MANY))}: "
            f"{listed(group.names, group.mentions)}"
            for (text, noun), group in self._groups.items()
        ]


def write_notes(sentences: list[str], path: Path) -> None:
    """Write sentences into a text file, one a line; none where there is nothing to say."""
    if sentences:
        path.write_text("".join(f"{one}\n" for one in sentences), encoding="utf-8")


def literal(text: str) -> str:
    """Return a text that stands in a note as it is, braces included."""
    return text.replace("{", "{{").replace("}", "}}")


def listed(names: list[str], count: int) -> str:
    """Return the first of ``count`` names, and how many more there are."""
    shown = names[:SHOWN]
    more = count - len(shown)
    return ", ".join(shown) + (f" and {more:,} more" if more else "")
