"""The fixed test set: how large it is, and how it is drawn."""

from __future__ import annotations

from pydantic import Field

from samstudio.domain import Use
from samstudio.services.splits.use import Uses
from samstudio.web.api.models.base import LARGEST_ID, Body, Query, Reply, example

SHARE = Field(gt=0, lt=1, description="The part of the images that the test set is to have.", examples=[0.2])
SEED = Field(0, ge=0, le=LARGEST_ID, description="Seed of the draw.")
BY_CATEGORY = Field(
    True, description="Take the share of the images of each category, the rarest one of an image counting."
)


class CountedInfo(Reply):
    """Images, those of them with an accepted annotation, and accepted annotations."""

    images: int
    annotated: int
    objects: int


class TestSetInfo(Reply):
    """What tuning may use for what: to ``learn`` and be judged on, only to ``judge`` on, or not at all."""

    __test__ = False

    test: CountedInfo
    judge: CountedInfo
    learn: CountedInfo

    @classmethod
    def of(cls, uses: Uses) -> TestSetInfo:
        """Return the reply for what was counted."""
        known = {use.value: CountedInfo.model_validate(uses.of(use)) for use in Use}
        return cls(**known)


class VersionTestScoreInfo(Reply):
    """A version on the test set: ``objects`` are scored, ``waiting`` are not yet, ``failed`` cannot be.

    ``learned``: objects that it was tuned on before they were kept aside.
    """

    version: int
    miou: float | None
    objects: int
    waiting: int
    failed: int
    learned: int
    problem: str


class TestSetScoresInfo(Reply):
    """Every version on the test set, newest first; ``left_out``: objects beyond the most that are scored."""

    __test__ = False

    images: int
    objects: int
    left_out: int
    waiting: int
    versions: list[VersionTestScoreInfo]


class DrawQuery(Query):
    """How to draw."""

    share: float = SHARE
    seed: int = SEED
    by_category: bool = BY_CATEGORY


class DrawBody(Body):
    """How to draw."""

    model_config = example({"share": 0.2, "seed": 0})

    share: float = SHARE
    seed: int = SEED
    by_category: bool = BY_CATEGORY


class CategoryShareInfo(Reply):
    """How many images have accepted annotations of a category: of the test set as drawn, and in all."""

    name: str
    test_images: int
    images: int


class TestSetPlanInfo(Reply):
    """What drawing would do; nothing is changed. ``groups``: those of several images that would be added."""

    __test__ = False

    images: int
    before: int
    added: int
    after: int
    groups: int
    categories: list[CategoryShareInfo]
    parted: int = Field(
        0, description="How many sets of near-duplicates it would part, as far as they were looked for."
    )
