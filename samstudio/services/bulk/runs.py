"""One run of an action: what is told of it, and what the service keeps of it."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from samstudio.services.bulk.action import BulkAction, Undo

RunState = Literal["running", "done", "cancelled", "failed", "undoing", "undone"]


@dataclass(frozen=True)
class Left:
    """How many images an action left as they were, and why."""

    reason: str
    images: int


@dataclass(frozen=True)
class BulkRun:
    """An action on many images: ``done`` of ``total`` were looked at. ``problem``: why it failed;
    ``label``: what the action is called.

    ``images`` and ``objects``: how many it changed. ``left``: the others, by reason. ``undone``: how many of
    the images looked at the undoing has looked at; ``kept``: how many of what the action ``counts`` stay as
    somebody left them since.
    """

    id: int
    action: str
    value: str
    state: RunState
    done: int
    total: int
    can_undo: bool
    started_at: datetime
    counts: Literal["images", "objects"] = "images"
    images: int = 0
    objects: int = 0
    left: tuple[Left, ...] = ()
    undone: int = 0
    kept: int = 0
    problem: str = ""
    label: str = ""

    @property
    def is_busy(self) -> bool:
        """Whether it is being done, or undone."""
        return self.state in ("running", "undoing")


@dataclass
class Running:
    """A run with what is needed to do it and to take it back; ``seen`` is what is told of it.

    ``small``: it was a single step, whose undoing needs hardly any memory.
    """

    seen: BulkRun
    action: BulkAction
    ids: Sequence[str]
    undos: list[tuple[Sequence[str], Undo]] = field(default_factory=list)
    left: Counter[str] = field(default_factory=Counter)
    cancel: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)
    small: bool = False

    def tell(self, **changes: Any) -> None:
        """Change what is told of it."""
        self.seen = replace(self.seen, **changes)

    def count(self, looked_at: int, *, images: int, objects: int, left: Mapping[str, int]) -> None:
        """Add what was done to some images.

        Args:
            looked_at: How many images.
            images: How many of them were changed.
            objects: How many objects were.
            left: How many images were left, by reason.
        """
        self.left.update({reason: count for reason, count in left.items() if count > 0})
        self.tell(
            done=self.seen.done + looked_at,
            images=self.seen.images + images,
            objects=self.seen.objects + objects,
            left=tuple(Left(*one) for one in self.left.most_common()),
        )
