"""The watch: what it has found, the next objects to score, and going back when the live version is worse.

Scoring needs the model and is done a few objects at a time, by whoever calls `WatchService.step` again and
again (`samstudio.services.watch.thread`); looking at what was found needs the database alone. What counts
as evidence is `samstudio.tuning.watch`'s responsibility.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from samstudio.db.types import utc_now
from samstudio.domain import STOCK_VERSION, Conflict, NotFound, StudioError
from samstudio.services.annotations.held_out import write_held_out
from samstudio.services.watch import scoring, store
from samstudio.services.watch.types import (
    TAKEN_BACK,
    Action,
    Candidate,
    TakenBack,
    Watched,
    WatchFigures,
    WatchScore,
    WatchState,
    judged,
)
from samstudio.text import plural
from samstudio.tuning.watch.sequential_test import LIMIT, evidence

if TYPE_CHECKING:
    from samstudio.db.engine import Database
    from samstudio.services.annotations import AnnotationService
    from samstudio.services.comparison.scoring import Decoders
    from samstudio.services.images import ImageService
    from samstudio.services.versions import VersionService
    from samstudio.services.versions.alias import AliasMove

log = logging.getLogger(__name__)

AT_ONCE = 2
"""Objects scored in one step: half a second on two cores, at a low priority."""

RETRY_SECONDS = 60.0
"""After so long a decoder that could not be loaded is tried again."""


class WatchService:
    """The watch of one project's live version."""

    def __init__(
        self,
        *,
        database: Database,
        versions: VersionService,
        annotations: AnnotationService,
        images: ImageService,
        decoders: Callable[[], Decoders],
        banked: Callable[[str], bool],
        rolls_back: bool = True,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """Watch over the versions in ``database``.

        Args:
            database: Where the scores are kept.
            versions: The versions, and what is live.
            annotations: The objects.
            images: The images, for their sizes.
            decoders: Returns the decoders of versions; called when an object is scored.
            banked: Tells whether an image's embedding is there; others are not scored.
            rolls_back: Whether a worse version is taken back, or only reported.
            clock: Returns the present time, timezone-aware.
        """
        self._database = database
        self._versions = versions
        self._annotations = annotations
        self._images = images
        self._decoders = decoders
        self._banked = banked
        self._rolls_back = rolls_back
        self._clock = clock
        self._read: Watched | None = None
        self._finished: object = None
        self._problem: tuple[Watched, str, float] | None = None

    def state(self) -> WatchState:
        """Return what is known now; nothing is scored, and no model is loaded."""
        moves = self._versions.moves()
        watched = self._watched()
        figures = None if watched is None else self._figures(watched, *self._known(watched), moves)
        return WatchState(figures, _taken_back(moves))

    def taken_back(self) -> TakenBack | None:
        """Return what the last move of ``live`` took back; None where a person made it."""
        return _taken_back(self._versions.moves())

    def step(self) -> bool:
        """Score a few new objects and judge; return whether there is more to do at once."""
        watched = self._watched()
        if watched is None or self._refused(watched):
            return False
        stamp = (watched, self._annotations.changes())
        if stamp == self._finished:
            return False
        objects, scores = self._known(watched)
        if self._judge(watched, objects, scores):
            return True
        missing = [one for one in objects if (one.annotation_id, one.revision) not in scores]
        ready = [one for one in missing if self._banked(one.image_id)]
        if ready:
            self._score(watched, [one for one in ready if one.image_id == ready[0].image_id][:AT_ONCE])
            return True
        self._finished = None if missing else stamp
        return False

    def _watched(self) -> Watched | None:
        """Return what is under watch: None while stock is live."""
        live = self._versions.live()
        known = self._read
        if known is None or known.live != live:
            former = self._versions.former()
            if former is None:
                return None
            with self._database.read() as session:
                images, groups = store.seen(session, self._versions.learned_from(live.number))
            known = self._read = Watched(live, former, images, groups)
        return known

    def _known(self, watched: Watched) -> tuple[list[Candidate], dict[tuple[int, int], WatchScore]]:
        with self._database.read() as session:
            return store.new_objects(session, watched), store.read_scores(session, watched)

    def _refused(self, watched: Watched) -> bool:
        """Tell whether a decoder could not be loaded a moment ago."""
        problem = self._problem
        return problem is not None and problem[0] == watched and time.monotonic() - problem[2] < RETRY_SECONDS

    def _score(self, watched: Watched, chosen: Sequence[Candidate]) -> None:
        decoders = self._decoders()
        try:
            scoring.load(decoders, watched)
        except StudioError as error:
            log.warning("the watch of version %d stopped: %s", watched.live.number, error)
            self._problem = (watched, str(error), time.monotonic())
            return
        self._problem = None
        try:
            size = self._images.get(chosen[0].image_id).size
            present = [self._annotations.get(one.annotation_id) for one in chosen]
        except NotFound:  # deleted a moment ago: the next step does not find it
            return
        scores = scoring.scored(decoders, watched, present, size)
        with self._database.write() as session:
            for one, annotation, score in zip(chosen, present, scores, strict=True):
                if annotation.revision == one.revision:
                    store.write_score(session, watched, one, score, self._clock())
                    if score.live is not None and not score.untouched:  # else it is compared with itself
                        write_held_out(session, {annotation.id: (score.live, annotation.updated_at)})

    def _judge(
        self, watched: Watched, objects: Iterable[Candidate], scores: dict[tuple[int, int], WatchScore]
    ) -> bool:
        """Go back if the live version is worse; return whether it did."""
        figures = self._figures(watched, list(objects), scores, self._versions.moves())
        if not figures.worse or figures.action != "rolls-back":
            return False
        self._read = None
        try:
            self._versions.take_back(
                watched.live, to=watched.former, reason=_reason(figures), code=TAKEN_BACK
            )
            log.warning("%s", _reason(figures))
        except Conflict as error:  # somebody was faster
            log.info("%s", error)
        return True

    def _figures(
        self,
        watched: Watched,
        objects: Sequence[Candidate],
        scores: dict[tuple[int, int], WatchScore],
        moves: Sequence[AliasMove],
    ) -> WatchFigures:
        known = [
            (one.image_id, scores[one.annotation_id, one.revision])
            for one in objects
            if (one.annotation_id, one.revision) in scores
        ]
        counted = [one for image_id, score in known if (one := judged(image_id, score)) is not None]
        found = evidence(counted)
        problem = self._problem
        return WatchFigures(
            version=watched.live.number,
            former=watched.former,
            since=watched.since,
            objects=len(counted),
            waiting=len(objects) - len(known),
            untouched=sum(one.untouched for one in counted),
            live_miou=_mean(one.live for one in counted),
            former_miou=_mean(one.former for one in counted),
            stock_miou=_mean(score.stock for _, score in known if score.stock is not None),
            evidence=found,
            limit=LIMIT,
            worse=found >= LIMIT,
            action=self._action(watched.live.number, moves),
            problem=problem[1] if problem and problem[0] == watched else "",
        )

    def _action(self, version: int, moves: Sequence[AliasMove]) -> Action:
        if not self._rolls_back:
            return "switched-off"
        taken_back = {earlier.number for later, earlier in pairwise(moves) if later.code == TAKEN_BACK}
        return "made-live-again" if version in taken_back else "rolls-back"


def _taken_back(moves: Sequence[AliasMove]) -> TakenBack | None:
    """Return what the newest move took back; None where a person made it. ``moves``: newest first."""
    if len(moves) < 2 or moves[0].code != TAKEN_BACK:
        return None
    return TakenBack(moves[1].number, moves[0].number, moves[0].moved_at, moves[0].reason)


def _mean(values: Iterable[float]) -> float | None:
    found = list(values)
    return float(np.mean(found)) if found else None


def _reason(figures: WatchFigures) -> str:
    before = "stock" if figures.former == STOCK_VERSION else f"version {figures.former}"
    objects = plural(figures.objects, "new object")
    live, former = figures.live_miou or 0, figures.former_miou or 0
    return (
        f"The watch took version {figures.version} back: on {objects} it scored {live:.2f}, "
        f"and {before} before it {former:.2f}."
    )
