"""Near-duplicates over a real database: found, grouped, parted, undone, and not asked about twice."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image as Picture

from samstudio.db.engine import Database
from samstudio.domain import Conflict, Embedding
from samstudio.sam.encoder import FEATURES_SHAPE
from samstudio.services.bulk import BulkService
from samstudio.services.image_queries import ImageQuery, ImageQueryService
from samstudio.services.images import ImageService
from samstudio.services.near_duplicates import NearDuplicateService
from samstudio.services.near_duplicates import service as service_module
from samstudio.services.splits.service import SplitService
from samstudio.services.trash import TrashService
from tests.unit.services.splits.test_use import fix


def add(images: ImageService, seed: int, filename: str = "") -> str:
    out = io.BytesIO()
    Picture.new("RGB", (8, 6), (seed, 1, 2)).save(out, "PNG")
    return images.add(out.getvalue(), filename=filename or f"{seed}.png").image.id


class FakeEmbeddings:
    """Embeddings by image: what all have in common, a scene of its own, and some noise."""

    encoder_id = "fake"

    def __init__(self) -> None:
        self.scenes: dict[str, int] = {}
        self.reads = 0

    def has(self, image_id: str) -> bool:
        return image_id in self.scenes

    def read(self, image_id: str) -> Embedding | None:
        self.reads += 1
        scene = np.random.default_rng(self.scenes[image_id]).normal(size=(FEATURES_SHAPE[0], 4, 4))
        scene += 8 + 0.02 * np.random.default_rng(self.reads).normal(size=scene.shape)
        features = scene.astype(np.float16).repeat(16, axis=1).repeat(16, axis=2)
        return Embedding(features, (1024, 1024), (1024, 1024))


@pytest.fixture
def queries(database: Database) -> ImageQueryService:
    return ImageQueryService(database=database)


@pytest.fixture
def bulk(database: Database, queries: ImageQueryService) -> BulkService:
    return BulkService(database=database, queries=queries)


@pytest.fixture
def embeddings() -> FakeEmbeddings:
    return FakeEmbeddings()


@pytest.fixture
def near(database: Database, bulk: BulkService, embeddings: FakeEmbeddings) -> NearDuplicateService:
    return NearDuplicateService(database=database, bulk=bulk, embeddings=lambda: embeddings)


@pytest.fixture
def ids(images: ImageService, embeddings: FakeEmbeddings) -> list[str]:
    """20 images: 0, 1 and 2 are near-duplicates, and so are 10 and 11."""
    found = [add(images, seed, filename=f"{seed:02}.png") for seed in range(20)]
    embeddings.scenes = {one: {1: 0, 2: 0, 11: 10}.get(n, n) for n, one in enumerate(found)}
    return found


def sets(near: NearDuplicateService) -> list[list[str]]:
    return [[image.filename for image in one.images] for one in near.finish().suggestions]


def groups(images: ImageService) -> dict[str, str | None]:
    return {one.filename: one.group for one in images.list() if one.group is not None}


BOTH = [["00.png", "01.png", "02.png"], ["10.png", "11.png"]]


def test_embeddings_are_pooled_once_and_near_duplicates_are_suggested(
    near: NearDuplicateService,
    ids: list[str],
    embeddings: FakeEmbeddings,
    database: Database,
    bulk: BulkService,
) -> None:
    assert (near.state().state, near.looked_before()) == ("looking", False)
    assert sets(near) == BOTH
    known = near.state()
    assert (known.state, known.images, known.compared, known.total) == ("ready", 20, 20, 2)
    assert [(one.name, one.groups) for one in known.suggestions] == [("00.png", ()), ("10.png", ())]
    assert embeddings.reads == 20
    later = NearDuplicateService(database=database, bulk=bulk, embeddings=lambda: embeddings)
    assert later.looked_before()
    assert sets(later) == BOTH
    assert [one.id for one in later.state().suggestions] == [one.id for one in known.suggestions]
    assert embeddings.reads == 20
    assert len(ids) == 20


def test_what_is_accepted_is_a_group_and_undone(
    near: NearDuplicateService, ids: list[str], images: ImageService, bulk: BulkService
) -> None:
    assert ids
    first = near.finish().suggestions[0]
    run = bulk.wait(near.accept([first.id]).id)
    assert (run.action, run.images, run.can_undo) == ("group", 3, True)
    assert groups(images) == dict.fromkeys(BOTH[0], "00.png")
    assert sets(near) == BOTH[1:]
    with pytest.raises(Conflict, match="1 suggestion changed meanwhile"):
        near.accept([first.id])
    bulk.undo(run.id)
    assert groups(images) == {}
    run = bulk.wait(near.accept().id)
    assert set(groups(images).values()) == {"00.png", "10.png"}
    assert near.state().total == 0
    with pytest.raises(Conflict, match="no near-duplicates"):
        near.accept()
    bulk.undo(run.id)
    assert sets(near) == BOTH


def test_what_is_dismissed_stays_away_until_that_is_undone_or_brought_back(
    near: NearDuplicateService,
    ids: list[str],
    database: Database,
    bulk: BulkService,
    embeddings: FakeEmbeddings,
) -> None:
    assert ids
    run = near.dismiss([near.finish().suggestions[0].id])
    assert (sets(near), near.state().dismissed) == (BOTH[1:], 1)
    later = NearDuplicateService(database=database, bulk=bulk, embeddings=lambda: embeddings)
    assert sets(later) == BOTH[1:]
    bulk.undo(run.id)
    assert sets(near) == sets(later) == BOTH
    near.dismiss()
    assert sets(near) == []
    assert near.bring_back() == 2
    assert sets(near) == BOTH


def test_a_new_near_duplicate_of_what_was_dismissed_is_suggested(
    near: NearDuplicateService, ids: list[str], images: ImageService, embeddings: FakeEmbeddings
) -> None:
    near.finish()
    near.dismiss()
    late = add(images, 30, filename="late.png")
    assert sets(near) == []
    embeddings.scenes[late] = embeddings.scenes[ids[10]]
    assert sets(near) == [["10.png", "11.png", "late.png"]]


def test_groups_that_are_there_join_as_wholes(
    near: NearDuplicateService, ids: list[str], database: Database, images: ImageService, bulk: BulkService
) -> None:
    fix(database, [ids[n] for n in (1, 5, 6, 10, 11)], group=["film", "film", "film", "pair", "pair"])
    (only,) = near.finish().suggestions
    assert (only.name, only.groups, [one.filename for one in only.images]) == ("film", ("film",), BOTH[0])
    bulk.wait(near.accept().id)
    film = [name for name, group in groups(images).items() if group == "film"]
    assert sorted(film) == ["00.png", "01.png", "02.png", "05.png", "06.png"]


def test_two_sets_that_share_a_group_are_one_suggestion(
    near: NearDuplicateService, ids: list[str], database: Database, images: ImageService, bulk: BulkService
) -> None:
    fix(database, [ids[n] for n in (2, 10, 11)], group=["film", "film", "tape"])
    (only,) = near.finish().suggestions
    assert [one.filename for one in only.images] == BOTH[0] + BOTH[1]
    bulk.wait(near.accept().id)
    assert set(groups(images)) == {*BOTH[0], *BOTH[1]}
    assert len(set(groups(images).values())) == 1


def test_images_in_the_trash_and_such_as_are_not_encoded_are_not_compared(
    near: NearDuplicateService,
    ids: list[str],
    database: Database,
    images: ImageService,
    embeddings: FakeEmbeddings,
) -> None:
    trash = TrashService(database=database, images=images, days=30)
    del embeddings.scenes[ids[11]]
    trash.discard([ids[2]])
    assert sets(near) == [BOTH[0][:2]]
    assert (near.state().images, near.state().compared) == (19, 18)
    trash.restore([ids[2]])
    assert sets(near) == BOTH[:1]


def test_of_few_images_nothing_is_said(
    near: NearDuplicateService, images: ImageService, embeddings: FakeEmbeddings
) -> None:
    embeddings.scenes = {add(images, seed): 0 for seed in range(3)}
    known = near.finish()
    assert (known.state, known.compared, known.total, known.fewest) == ("few", 3, 0, 12)


def test_asking_looks_in_the_background_and_a_failure_is_said(
    near: NearDuplicateService, ids: list[str], embeddings: FakeEmbeddings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ids
    with monkeypatch.context() as broken:
        broken.setattr(service_module, "FRESH_SECONDS", 0.0)
        broken.setattr(embeddings, "has", lambda _image: 1 / 0)
        near.ask()
        near._background.wait(20)
        assert (near.state().state, near.state().problem) == ("failed", "division by zero")
    near._ended = float("-inf")
    near.ask()
    assert near._background.wait(60)
    assert (near.ask().state, near.state().total) == ("ready", 2)


def test_a_draw_of_the_test_set_says_what_it_would_part(
    near: NearDuplicateService,
    ids: list[str],
    database: Database,
    bulk: BulkService,
    queries: ImageQueryService,
) -> None:
    splits = SplitService(database=database, bulk=bulk, alike=near.known_sets)
    assert splits.plan(share=0.5).parted == 0
    near.finish()
    plans = [splits.plan(share=0.5, seed=seed) for seed in range(12)]
    assert max(plan.parted for plan in plans) > 0
    bulk.wait(near.accept().id)
    assert [splits.plan(share=0.5, seed=seed).parted for seed in range(12)] == [0] * 12
    assert len(queries.ids(ImageQuery())) == len(ids)


def test_names_that_are_taken_get_a_number(
    near: NearDuplicateService, ids: list[str], database: Database
) -> None:
    fix(database, [ids[15]], group=["00.png"])
    assert [one.name for one in near.finish().suggestions] == ["00.png (2)", "10.png"]
