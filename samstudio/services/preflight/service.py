"""Preflight: checks of the accepted objects before a tuning job is started.

It reads and never changes anything. The columns of all objects are streamed;
masks are read for objects that look broken and for pairs whose boxes leave
room for a duplicate or a strong overlap, and for all objects of a small dataset.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from samstudio.db.changes import changes
from samstudio.db.engine import Database
from samstudio.domain import Use
from samstudio.masks import RunLengths, UnusableMask
from samstudio.services.annotations.queries import chunks
from samstudio.services.preflight.dataset_checks import (
    check_already_sure,
    check_balance,
    check_category,
    check_images,
    check_kept_aside,
    check_nothing,
)
from samstudio.services.preflight.findings import Finding, Seen, Severity
from samstudio.services.preflight.object_checks import (
    check_all_borders,
    check_broken,
    check_tiny,
    check_whole_image,
)
from samstudio.services.preflight.pair_checks import Pair, candidates, check_pairs, relation
from samstudio.services.preflight.rows import accepted, mask_texts, read_mask
from samstudio.services.splits.use import count_uses

READ_ALL = 5_000
"""With at most so many objects every mask is read."""

MAX_PAIRS = 2_000
"""So many pairs are compared at most that may be the same, and as many that may overlap."""

MAX_OBJECTS = 5_000
"""So many objects of one image are compared at most."""

SLOW_SECONDS = 0.25
"""A check that takes longer is answered from memory for a while, so that annotating never waits for it."""

REST = 20
"""For so many times as long as it took."""

OBJECT_CHECKS = (check_tiny, check_whole_image, check_all_borders)
NOTES = (check_category, check_balance, check_already_sure)


@dataclass
class _Look:
    """The results of reading masks; ``cut``: there were more pairs than could be compared."""

    broken: dict[int, str] = field(default_factory=dict)
    related: list[tuple[str, Pair]] = field(default_factory=list)
    cut: bool = False


class PreflightService:
    """The checks of the accepted objects; bad data is a finding, never an exception."""

    def __init__(self, *, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._stamp: int | None = None
        self._found: list[Finding] = []
        self._until = 0.0

    def check(self) -> list[Finding]:
        """Return the findings, the gravest first; none for a dataset that has nothing worth saying.

        Answered from memory while nothing changed, and for some seconds after
        a check of a very large dataset.
        """
        with self._lock, self._database.read() as session:
            if time.monotonic() >= self._until and (now := changes(session)) != self._stamp:
                started = time.monotonic()
                self._found, self._stamp = _findings(session), now
                took = time.monotonic() - started
                self._until = time.monotonic() + (REST * took if took > SLOW_SECONDS else 0)
            return list(self._found)


def _findings(session: Session) -> list[Finding]:
    seen: list[Seen] = []
    suspects: set[int] = set()
    for one, suspect in accepted(session):
        seen.append(one)
        if suspect:
            suspects.add(one.id)
    look = _look(session, seen, {one.id for one in seen} if len(seen) <= READ_ALL else suspects)
    every = [one._replace(broken=look.broken[one.id]) if one.id in look.broken else one for one in seen]
    usable = [one for one in every if not one.broken]
    tuned = [one for one in usable if one.use is not Use.TEST]
    uses = count_uses(session)
    found = check_nothing([one for one in every if one.use is not Use.TEST], uses) + check_broken(every)
    found += check_images(tuned)
    for check in OBJECT_CHECKS:
        found += check(usable)
    found += check_pairs(look.related, cut=look.cut) + check_kept_aside(uses)
    for note in NOTES:
        found += note(tuned)
    order = list(Severity)
    return sorted(found, key=lambda finding: order.index(finding.severity))


def _look(session: Session, seen: Sequence[Seen], wanted: set[int]) -> _Look:
    """Read the masks wanted and those of candidate pairs, some hundreds at a time."""
    on_image = Counter[str]()
    few: list[Seen] = []
    for one in seen:
        on_image[one.image_id] += 1
        if on_image[one.image_id] <= MAX_OBJECTS:
            few.append(one)
    pairs, cut = candidates(few, MAX_PAIRS)
    look = _Look(cut=cut or len(few) < len(seen))
    for batch in chunks(pairs):
        _compare(session, batch, look)
    for some in chunks([one for one in seen if one.id in wanted]):
        _read(session, some, look)
    return look


def _read(session: Session, batch: Sequence[Seen], look: _Look) -> dict[int, RunLengths]:
    """Return the masks of these objects that can be used, by id; note what is wrong with the others."""
    texts = mask_texts(session, [one.id for one in batch])
    runs: dict[int, RunLengths] = {}
    for one in batch:
        try:
            runs[one.id] = read_mask(texts.get(one.id, ""), one.size)
        except UnusableMask as error:
            look.broken[one.id] = error.problem
    return runs


def _compare(session: Session, pairs: Sequence[Pair], look: _Look) -> None:
    runs = _read(session, list({one.id: one for pair in pairs for one in pair}.values()), look)
    for pair in pairs:
        if all(one.id in runs for one in pair):
            kind = relation(pair, *(runs[one.id] for one in pair))
            look.related += [(kind, pair)] if kind else []
