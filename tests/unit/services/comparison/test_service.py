import numpy as np
import pytest

from samstudio.domain import Conflict, InvalidInput, NewAnnotation, NotFound, Unavailable
from samstudio.masks import encode_rle
from samstudio.records import JobConfig, ObjectIou, VersionConfig
from samstudio.services.comparison.service import BlendedVersion, ComparisonService
from samstudio.services.comparison.types import ScoredMask
from samstudio.services.image_queries import ImageQueryService
from samstudio.services.jobs import JobService
from samstudio.services.versions.service import StoredEvaluation, VersionService
from tests.unit.services.comparison.fakes import ShareDecoders
from tests.unit.services.pictures import colours, encoded

HEIGHT, WIDTH = 40, 60
STOCK = BlendedVersion(0)


class Nowhere:
    """A runner whose worker never comes."""

    def launch(self, job_id):
        """Leave it queued."""


class Clock:
    """Seconds that stand still until they are moved."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def versions(database, tmp_path):
    return VersionService(database=database, folder=tmp_path / "decoders", model="vit_t")


@pytest.fixture
def jobs(database):
    return JobService(database=database, runner=Nowhere(), stale_seconds=30)


@pytest.fixture
def decoders():
    return ShareDecoders()


@pytest.fixture
def comparison(annotations, images, versions, jobs, decoders, clock):
    return ComparisonService(
        annotations=annotations, images=images, versions=versions, jobs=jobs, decoders=decoders, clock=clock
    )


@pytest.fixture
def accept(annotations, images):
    def add(width, *, seed=0):
        """An object of that width, on the image of that seed."""
        picture = encoded(colours(HEIGHT, WIDTH, seed=seed), "PNG")
        image = images.add(picture, filename=f"{seed}.png").image
        mask = np.zeros((HEIGHT, WIDTH), bool)
        mask[4:24, 4 : 4 + width] = True
        return annotations.add(NewAnnotation(image.id, "cup", encode_rle(mask)))

    return add


def make(versions, **options):
    return versions.create(write=lambda path: path.write_text("weights"), **{"reason": "better"} | options)


def scored(comparison, a=STOCK, b=BlendedVersion(1)):  # noqa: B008 (a frozen value)
    comparison.compare(a, b)
    assert comparison.wait(10)
    found = comparison.compare(a, b)
    assert comparison.wait(10)
    return {row.annotation.id: row for row in found.rows}, found


# ------------------------------------------------------------------------ which two


def test_with_stock_alone_both_sides_are_stock(comparison):
    assert comparison.pair() == (0, 0)


def test_the_newest_candidate_is_compared_with_what_is_live(comparison, versions):
    make(versions)
    assert comparison.pair() == (0, 1)
    versions.promote(1)
    assert comparison.pair() == (0, 1), "live, and before it stock"
    make(versions, promote=True)
    assert comparison.pair() == (1, 2)
    make(versions)
    assert comparison.pair() == (2, 3)
    versions.delete(3)
    versions.delete(1)
    assert comparison.pair() == (0, 2), "what was live before is deleted"


# ------------------------------------------------------------------------ scoring


def test_every_object_is_scored_by_both_sides(comparison, versions, accept):
    make(versions)
    wide, narrow = accept(40), accept(16, seed=1)
    first = comparison.compare(STOCK, BlendedVersion(1))
    assert len(first.rows) == 2
    rows, found = scored(comparison)
    assert (found.done, found.left_out, found.refused) == (2, 0, "")
    assert (rows[wide.id].a.iou, rows[wide.id].b.iou) == (0.5, 1.0)
    assert (rows[narrow.id].a.iou, rows[narrow.id].b.iou) == (0.5, 0.25)
    assert rows[narrow.id].filename == "1.png"


def test_what_the_live_version_did_not_learn_from_is_held_out(comparison, versions, accept, database):
    learned, new = accept(40), accept(16, seed=1)
    make(versions, annotation_ids=[learned.id], promote=True)
    scored(comparison)
    lists = ImageQueryService(database=database)
    assert lists.get(new.image_id).held_out == pytest.approx(0.25)
    assert lists.get(learned.image_id).held_out is None


def test_nothing_is_computed_twice_until_its_mask_changes(
    comparison, versions, accept, annotations, decoders
):
    make(versions)
    one = accept(40)
    scored(comparison)
    comparison.masks(STOCK, BlendedVersion(1), [one.id])
    scored(comparison)
    assert len(decoders.asked) == 2
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[4:24, 4:20] = True
    annotations.update(one.id, revision=one.revision, rle=encode_rle(mask))
    rows, _ = scored(comparison)
    assert rows[one.id].b.iou == 0.25
    assert len(decoders.asked) == 4


def test_a_side_that_nobody_asks_about_any_more_is_left(comparison, versions, accept, decoders, clock):
    make(versions)
    accept(40)
    comparison._scorer._asked[BlendedVersion(1)] = clock.now - 60
    rows, _ = scored(comparison, STOCK, STOCK)
    assert {blended for blended, *_ in decoders.asked} == {STOCK}
    assert all(row.a == row.b for row in rows.values())


def test_without_objects_there_are_no_rows(comparison, versions):
    make(versions)
    _, found = scored(comparison)
    assert (found.rows, found.done) == ((), 0)


def test_more_objects_than_can_be_compared_are_counted(annotations, images, versions, jobs, decoders, accept):
    from samstudio.services.comparison.cache import AcceptedObjects

    for seed in range(3):
        accept(40, seed=seed)
    found = AcceptedObjects(annotations=annotations, images=images, most=2).now()
    assert (len(found.by_image), found.left_out) == (2, 1)


# ------------------------------------------------------------------------ what goes wrong


def test_a_version_whose_file_is_gone_is_refused_and_tried_again(
    comparison, versions, accept, decoders, clock
):
    make(versions)
    accept(40)
    decoders.lose(1)
    _, found = scored(comparison)
    assert found.refused == "the file of version 1 is gone: v1.safetensors"
    with pytest.raises(Unavailable, match="the file of version 1 is gone"):
        comparison.masks(STOCK, BlendedVersion(1), [1])
    decoders.lost.clear()
    clock.now += 60
    _, found = scored(comparison)
    assert (found.refused, found.done) == ("", 1)


def test_a_surprise_in_a_decoder_is_the_version_s_and_told(comparison, versions, accept, decoders):
    make(versions)
    accept(40)
    decoders.lost[1] = RuntimeError("surprise")
    _, found = scored(comparison)
    assert found.refused == "version 1 could not be scored: RuntimeError: surprise"


@pytest.mark.parametrize(
    ("rle", "words"),
    [
        ({"size": [HEIGHT, WIDTH], "counts": "?!"}, "not a COCO run-length mask"),
        ({"size": [HEIGHT, 9], "counts": "1"}, "a mask needs the size of its image"),
        ([1, 2], "not a COCO run-length mask"),
        (encode_rle(np.zeros((HEIGHT, WIDTH), bool)), "the mask is empty"),
    ],
)
def test_a_damaged_mask_has_its_problem_and_holds_up_no_other(
    comparison, versions, accept, database, rle, words
):
    import json

    from sqlalchemy import text

    make(versions)
    bad, good = accept(40), accept(30)
    with database.write() as session:
        values = {"rle": json.dumps(rle), "id": bad.id}
        session.execute(text("UPDATE annotations SET rle = :rle WHERE id = :id"), values)
    rows, found = scored(comparison)
    assert found.done == 2
    assert words in rows[bad.id].b.problem
    assert rows[bad.id].b.iou is None
    assert rows[good.id].b.iou == 1.0


def test_a_picture_that_cannot_be_read_holds_up_no_other(comparison, versions, accept, decoders):
    make(versions)
    bad, good = accept(40), accept(30, seed=1)
    decoders.unreadable[bad.image_id] = Unavailable("the stored file of 0.png cannot be read")
    rows, _ = scored(comparison)
    assert rows[bad.id].a.problem == "the stored file of 0.png cannot be read"
    assert rows[good.id].b.iou == 1.0
    (shown,) = comparison.masks(STOCK, BlendedVersion(1), [bad.id])
    assert shown.b == ScoredMask(None, problem="the stored file of 0.png cannot be read")


def test_what_is_not_there_or_another_model_s_is_said(comparison, database, tmp_path):
    with pytest.raises(NotFound, match="there is no version 7"):
        comparison.compare(STOCK, BlendedVersion(7))
    other = VersionService(database=database, folder=tmp_path / "decoders", model="vit_b")
    number = make(other).number
    with pytest.raises(Conflict, match=rf"version {number} is a decoder of vit_b; this project runs vit_t"):
        comparison.compare(STOCK, BlendedVersion(number))


# ------------------------------------------------------------------------ what flatters


def test_an_object_that_a_version_learned_from_is_marked(comparison, versions, accept):
    seen, new = accept(40), accept(30)
    make(versions, annotation_ids=[seen.id])
    rows, _ = scored(comparison)
    assert (rows[seen.id].b.learned, rows[new.id].b.learned) == (True, False)
    assert not rows[seen.id].a.learned, "stock learned from nothing of ours"


def test_a_version_that_went_on_from_another_learned_what_that_one_did(comparison, versions, accept):
    first, second = accept(40), accept(30)
    make(versions, annotation_ids=[first.id])
    make(versions, annotation_ids=[second.id], parent=1, config=VersionConfig(start="live"))
    rows, _ = scored(comparison, BlendedVersion(1), BlendedVersion(2))
    assert [rows[one.id].b.learned for one in (first, second)] == [True, True]
    assert [rows[one.id].a.learned for one in (first, second)] == [True, False]


@pytest.fixture
def judged(versions, jobs, annotations, accept):
    """An object that a job judged: stock 0.6; version 1's trial models got 0.7 while it was held out."""
    one = accept(40)
    job = jobs.enqueue(JobConfig())
    jobs.claim(job.id)
    make(versions, annotation_ids=[one.id], job_id=job.id)
    kept = [("base", 0, 0.6), ("candidate", 1, 0.7)]
    versions.record_evaluations(
        [
            StoredEvaluation("box", iou, 1, version, job.id, role, (ObjectIou(one.id, iou=iou),))
            for role, version, iou in kept
        ]
        + [StoredEvaluation("click", 0.1, 1, 0, job.id, "base", (ObjectIou(one.id, iou=0.1),))]
    )
    return one


def test_what_a_job_measured_is_not_measured_again(comparison, judged, decoders):
    rows, _ = scored(comparison)
    assert rows[judged.id].a.iou == 0.6
    assert rows[judged.id].b.iou == 1.0, "the stored decoder's own, not the trial models'"
    assert rows[judged.id].b.unseen == 0.7
    assert {blended for blended, *_ in decoders.asked} == {BlendedVersion(1)}
    (shown,) = comparison.masks(STOCK, BlendedVersion(1), [judged.id])
    assert shown.a.crop is not None, "a mask to look at is decoded all the same"


def test_what_another_model_s_job_measured_of_its_stock_does_not_count(
    comparison, judged, versions, database
):
    from sqlalchemy import text

    with database.write() as session:
        session.execute(text("UPDATE decoder_versions SET model = 'vit_b' WHERE number = 1"))
    rows, _ = scored(comparison, STOCK, STOCK)
    assert rows[judged.id].a.iou == 0.5


def test_a_mask_that_changed_since_is_measured_afresh(comparison, judged, annotations):
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[4:24, 4:34] = True
    annotations.update(judged.id, revision=judged.revision, rle=encode_rle(mask))
    rows, _ = scored(comparison)
    assert rows[judged.id].a.iou == 0.5
    assert rows[judged.id].b.unseen is None


def test_a_blend_has_no_held_out_score_of_its_own(comparison, judged):
    rows, _ = scored(comparison, STOCK, BlendedVersion(1, 0.5))
    assert rows[judged.id].b.unseen is None
    assert rows[judged.id].b.learned
    assert rows[judged.id].b.iou == 0.75


# ------------------------------------------------------------------------ masks


def test_masks_of_objects_of_one_image(comparison, versions, accept):
    make(versions)
    one, other, elsewhere = accept(40), accept(30), accept(20, seed=1)
    shown = comparison.masks(STOCK, BlendedVersion(1, 0.5), [other.id, one.id])
    assert [each.annotation.id for each in shown] == [other.id, one.id]
    assert [each.a.crop["size"] for each in shown] == [[20, 30], [20, 40]]
    assert [each.b.iou for each in shown] == pytest.approx([22 / 30, 0.75])
    assert shown[0].a.corner == (4, 4)
    for ids in ([], [one.id] * 33, [one.id, elsewhere.id]):
        with pytest.raises(InvalidInput):
            comparison.masks(STOCK, BlendedVersion(1), ids)
    with pytest.raises(NotFound):
        comparison.masks(STOCK, BlendedVersion(1), [99])


# ------------------------------------------------------------------------ strength


def test_a_side_has_one_spelling():
    assert BlendedVersion.of(0, 0.5) == BlendedVersion.of(3, 0.0) == STOCK
    assert BlendedVersion.of(3, 1.0) == BlendedVersion(3)
    for strength in (0.3, -1, float("nan")):
        with pytest.raises(InvalidInput, match=r"choose one of 0, 0\.25, 0\.5, 0\.75, 1"):
            BlendedVersion.of(3, strength)


def test_a_strength_is_kept_as_a_version_that_is_not_live(comparison, versions):
    make(versions, annotation_ids=[3, 4], dataset_digest="d" * 64)
    kept = comparison.keep(1, 0.5)
    assert (kept.number, kept.parent, kept.promoted) == (2, 1, False)
    assert kept.config == VersionConfig(blended_from=1, strength=0.5)
    assert (kept.annotation_ids, kept.dataset_digest) == ((3, 4), "d" * 64)
    assert kept.reason == "Half of the way from stock to version 1, kept by hand. No gate has judged it."
    assert versions.path(2).read_text() == "1 at 0.5"
    assert versions.live().number == 0
    with pytest.raises(Conflict, match=r"Version 2 is that already: version 1 at 0\.5"):
        comparison.keep(1, 0.5)
    versions.delete(2)
    assert comparison.keep(1, 0.5).number == 3


def test_there_is_nothing_to_keep_at_the_ends(comparison, versions):
    make(versions)
    for number, strength in ((1, 0.0), (1, 1.0), (0, 0.5)):
        with pytest.raises(InvalidInput, match="nothing new to keep"):
            comparison.keep(number, strength)
    with pytest.raises(NotFound):
        comparison.keep(9, 0.5)


def test_a_version_whose_file_is_gone_is_not_blended(comparison, versions, decoders):
    make(versions)
    decoders.lose(1)
    with pytest.raises(Unavailable, match="version 1 is gone"):
        comparison.keep(1, 0.25)
    assert [version.number for version in versions.list()] == [1, 0]
