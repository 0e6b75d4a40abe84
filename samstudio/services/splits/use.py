"""What tuning may use an image for: the one place that decides it, from the splits that people fixed.

All images of a group are treated alike, the strictest split deciding: what is next to a picture of the
test set would tell of it. Images in the trash still decide for their group, as they may come back.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, case, func, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from samstudio.db.tables import ImageFactsRow, ImageRow
from samstudio.domain import Use

F = ImageFactsRow

_STRICT = {Use.LEARN: 0, Use.JUDGE: 1, Use.TEST: 2}
"""The strictest use of a group's images is that of all of them."""


def image_use() -> ColumnElement[str]:
    """Return the `Use` of an image as SQL over its `ImageFactsRow`."""
    return case(
        (_fixed_for("test"), Use.TEST.value), (_fixed_for("val"), Use.JUDGE.value), else_=Use.LEARN.value
    )


def _fixed_for(split: str) -> ColumnElement[bool]:
    other = aliased(F)
    groups = select(other.group).where(other.split == split, other.group.is_not(None))
    return or_(F.split == split, F.group.in_(groups))


@dataclass(frozen=True)
class Counted:
    """Images, those of them with an accepted object, and accepted objects."""

    images: int = 0
    annotated: int = 0
    objects: int = 0


@dataclass(frozen=True)
class Uses:
    """How much of the dataset, the trash aside, tuning may use for what."""

    by_use: dict[Use, Counted] = field(default_factory=dict)

    def of(self, use: Use) -> Counted:
        """Return the images of one use."""
        return self.by_use.get(use, Counted())

    @property
    def test(self) -> Counted:
        """The test set."""
        return self.of(Use.TEST)

    @property
    def all_aside(self) -> bool:
        """Whether there are accepted objects, and none of them may be learned from."""
        return not self.of(Use.LEARN).objects and any(one.objects for one in self.by_use.values())


def count_uses(session: Session) -> Uses:
    """Count images and accepted objects by use: one pass over an index, group by group."""
    here = ~F.trashed
    use = case((F.split == "test", _STRICT[Use.TEST]), (F.split == "val", _STRICT[Use.JUDGE]), else_=0)
    numbers = (
        func.count().filter(here), func.count().filter(here, F.accepted > 0),
        func.coalesce(func.sum(F.accepted).filter(here), 0),
    )  # fmt: skip
    columns = (
        func.max(use).label("use"),
        *(one.label(name) for one, name in zip(numbers, "abc", strict=True)),
    )
    grouped = select(*columns).where(F.group.is_not(None)).group_by(F.group)
    single = select(*columns).where(F.group.is_(None)).group_by(use)
    every = union_all(grouped, single).subquery()
    sums = (func.sum(every.c[name]) for name in "abc")
    query = select(every.c.use, *sums).group_by(every.c.use)
    by_rank = {rank: use for use, rank in _STRICT.items()}
    found = {by_rank[rank]: Counted(*map(int, counts)) for rank, *counts in session.execute(query)}
    return Uses({use: counted for use, counted in found.items() if counted.images})


def fixed_splits(session: Session) -> dict[str, str]:
    """Return what people fixed, by image id: ``train``, ``val`` or ``test``, of a group the strictest one."""
    use = image_use()
    query = select(ImageRow.id, use).join(F, F.seq == ImageRow.seq)
    fixed = query.where(or_(F.split.is_not(None), use != Use.LEARN.value))
    names = {Use.LEARN: "train", Use.JUDGE: "val", Use.TEST: "test"}
    return {image_id: names[Use(found)] for image_id, found in session.execute(fixed)}
