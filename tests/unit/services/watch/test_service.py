from __future__ import annotations

import pytest

from samstudio.db.engine import Database
from samstudio.domain import AnnotationStatus
from samstudio.services.annotations import AnnotationService
from samstudio.services.image_queries import ImageQueryService
from samstudio.services.images import ImageService
from samstudio.services.versions import VersionService
from samstudio.services.watch import store
from samstudio.services.watch.types import TAKEN_BACK
from tests.unit.services.comparison.fakes import ShareDecoders
from tests.unit.services.watch.conftest import NARROW, WIDE, Accept, Watch, make, mask, settle


def figures(watch):
    """What the watch knows; there must be one."""
    found = watch.state().watching
    assert found is not None
    return found


# ------------------------------------------------------------------------ what counts


def test_while_stock_is_live_there_is_nothing_to_watch(watch: Watch, accept: Accept) -> None:
    accept(seed=0)
    one = watch()
    assert settle(one) == 0
    assert one.state().watching is None
    assert one.state().taken_back is None


def test_new_objects_are_scored_by_the_live_version_the_former_one_and_stock(
    watch: Watch, accept: Accept, versions: VersionService
) -> None:
    make(versions)
    make(versions)
    accept(WIDE, seed=0)
    accept(NARROW, seed=1)
    one = watch()
    assert figures(one).waiting == 2
    settle(one)
    found = figures(one)
    assert (found.version, found.former, found.objects, found.waiting, found.untouched) == (2, 1, 2, 0, 0)
    assert found.live_miou == found.former_miou == pytest.approx(0.625)
    assert found.stock_miou == pytest.approx(0.5)
    assert not found.worse


def test_only_what_is_new_to_the_live_version_counts(
    watch: Watch, accept: Accept, versions: VersionService, annotations: AnnotationService
) -> None:
    learned = accept(seed=0, group="scene")
    accept(seed=1)  # accepted before the swap
    make(versions, annotation_ids=[learned.id])
    accept(seed=0, top=20)  # on an image that was learned from
    accept(seed=2, group="scene")  # of one group with it
    accept(seed=3, proposed_by=0)  # another version's answer would flatter that one
    accept(seed=4, status=AnnotationStatus.PROPOSED)
    by_live = accept(seed=5, proposed_by=1)
    by_hand = accept(seed=6)
    gone = accept(seed=7)
    annotations.delete(gone.id)
    one = watch()
    settle(one)
    assert figures(one).objects == 2
    annotations.update(by_live.id, revision=1, category="bowl")
    annotations.delete(by_hand.id)
    settle(one)
    assert figures(one).objects == 1


def test_what_was_accepted_untouched_is_told_apart(
    watch: Watch, accept: Accept, versions: VersionService, annotations: AnnotationService
) -> None:
    make(versions)
    box = {"box": [4, 4, 15, 6]}
    accept(seed=0, proposed_by=1, prompts=(box,))
    accept(
        seed=1, proposed_by=1, prompts=(box, {**box, "point_coords": [[5, 5]]})
    )  # clicked until it was right
    accept(seed=2, proposed_by=1, prompts=(box,), proposed_rle=mask(WIDE))  # corrected by hand
    accept(seed=3)  # drawn by hand
    one = watch()
    settle(one)
    assert (figures(one).objects, figures(one).untouched) == (4, 1)


def test_what_it_scores_is_held_out_but_for_its_own_answers(
    watch: Watch, accept: Accept, versions: VersionService, database: Database
) -> None:
    make(versions)
    by_hand = accept(NARROW, seed=0)
    untouched = accept(NARROW, seed=1, proposed_by=1, prompts=({"box": [4, 4, 15, 6]},))
    settle(watch())
    lists = ImageQueryService(database=database)
    assert lists.get(by_hand.image_id).held_out == pytest.approx(0.25)
    assert lists.get(untouched.image_id).held_out is None


def test_an_edited_mask_is_scored_afresh(
    watch: Watch, accept: Accept, versions: VersionService, annotations: AnnotationService
) -> None:
    make(versions)
    known = accept(WIDE, seed=0)
    one = watch()
    settle(one)
    assert figures(one).live_miou == 1
    annotations.update(known.id, revision=1, rle=mask(NARROW))
    assert figures(one).waiting == 1
    settle(one)
    assert figures(one).live_miou == pytest.approx(0.25)


def test_an_image_brings_no_more_objects_than_the_most(
    watch: Watch, accept: Accept, versions: VersionService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "MOST_AN_IMAGE", 3)
    monkeypatch.setattr(store, "MOST_OBJECTS", 4)
    make(versions)
    for top in range(0, 35, 4):
        accept(seed=0, top=top)
    accept(seed=1)
    accept(seed=2)
    one = watch()
    settle(one)
    assert figures(one).objects == 4


# ------------------------------------------------------------------------ the work


def test_a_restart_goes_on_where_it_was(
    watch: Watch, accept: Accept, versions: VersionService, decoders: ShareDecoders
) -> None:
    make(versions)
    accept(WIDE, seed=0)
    settle(watch())
    asked = len(decoders.asked)
    accept(WIDE, seed=1)
    again = watch()
    settle(again)
    assert figures(again).objects == 2
    assert len(decoders.asked) == asked + 2, "the new object alone, by version 1 and by stock"


def test_nothing_is_read_again_until_something_changes(
    watch: Watch, accept: Accept, versions: VersionService, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(versions)
    accept(seed=0)
    one = watch()
    settle(one)
    with monkeypatch.context() as broken:
        broken.setattr(store, "new_objects", None)
        assert not one.step()
    accept(seed=1)
    assert one.step()


def test_an_image_without_an_embedding_waits_for_it(
    watch: Watch, accept: Accept, versions: VersionService, banked: set[str]
) -> None:
    make(versions)
    banked.add(accept(seed=0).image_id)
    accept(seed=1)
    one = watch()
    settle(one)
    assert (figures(one).objects, figures(one).waiting) == (1, 1)
    banked.clear()
    settle(one)
    assert (figures(one).objects, figures(one).waiting) == (2, 0)


def test_a_mask_that_cannot_be_scored_delays_no_other(
    watch: Watch, accept: Accept, versions: VersionService, decoders: ShareDecoders
) -> None:
    make(versions)
    unreadable = accept(seed=0)
    decoders.unreadable[unreadable.image_id] = ValueError("no picture")
    accept(seed=1)
    one = watch()
    settle(one)
    assert (figures(one).objects, figures(one).waiting) == (1, 0)


def test_a_decoder_that_cannot_be_loaded_stops_the_watch_with_a_sentence(
    watch: Watch, accept: Accept, versions: VersionService, decoders: ShareDecoders
) -> None:
    make(versions)
    accept(seed=0)
    decoders.lose(1)
    one = watch()
    settle(one)
    assert figures(one).problem == "the file of version 1 is gone: v1.safetensors"
    assert figures(one).waiting == 1


def test_scores_go_with_their_image(
    watch: Watch, accept: Accept, versions: VersionService, images: ImageService
) -> None:
    make(versions)
    known = accept(seed=0)
    one = watch()
    settle(one)
    images.delete(known.image_id, with_annotations=True)
    assert figures(one).objects == 0


# ------------------------------------------------------------------------ going back


def fill(accept: Accept, width: int, *, begin: int = 0, count: int = 15) -> None:
    for seed in range(begin, begin + count):
        accept(width, seed=seed)


def test_a_worse_version_is_taken_back_within_thirty_objects(
    watch: Watch, accept: Accept, versions: VersionService
) -> None:
    make(versions)
    one = watch()
    objects = 0
    while versions.live().number == 1:
        accept(NARROW, seed=objects)
        settle(one)
        objects += 1
    assert objects <= 10
    assert versions.live().number == 0
    move = versions.moves()[0]
    assert (move.kind, move.code) == ("rollback", TAKEN_BACK)
    assert move.reason == (
        f"The watch took version 1 back: on {objects} new objects it scored 0.25, and stock before it 0.50."
    )
    state = one.state()
    assert state.watching is None
    assert state.taken_back is not None
    assert (state.taken_back.version, state.taken_back.to) == (1, 0)


def test_a_better_version_stays(watch: Watch, accept: Accept, versions: VersionService) -> None:
    make(versions)
    fill(accept, WIDE)
    one = watch()
    settle(one)
    assert versions.live().number == 1
    assert figures(one).evidence < 0.01


def test_a_mask_that_is_accepted_as_proposed_does_not_speak_for_the_former_version(
    watch: Watch, accept: Accept, versions: VersionService
) -> None:
    make(versions)
    for seed in range(20):
        accept(WIDE, seed=seed, proposed_by=1, prompts=({"box": [4, 4, 27, 6]},))
    one = watch()
    settle(one)
    assert figures(one).untouched == 20
    assert figures(one).evidence < 1


def test_where_it_is_switched_off_the_watch_only_says_so(
    watch: Watch, accept: Accept, versions: VersionService
) -> None:
    make(versions)
    fill(accept, NARROW)
    one = watch(rolls_back=False)
    settle(one)
    assert versions.live().number == 1
    assert (figures(one).worse, figures(one).action) == (True, "switched-off")


def test_a_version_is_taken_back_once_and_then_is_the_persons_choice(
    watch: Watch, accept: Accept, versions: VersionService
) -> None:
    make(versions)
    fill(accept, NARROW)
    one = watch()
    settle(one)
    assert versions.live().number == 0
    versions.promote(1)
    assert one.state().taken_back is None
    assert figures(one).objects == 0, "what was accepted before is not new to it"
    fill(accept, NARROW, begin=100)
    settle(one)
    assert versions.live().number == 1
    assert (figures(one).worse, figures(one).action) == (True, "made-live-again")


def test_it_goes_back_to_what_was_live_before(watch: Watch, accept: Accept, versions: VersionService) -> None:
    make(versions)
    make(versions)
    fill(accept, NARROW)
    one = watch()
    settle(one)
    assert versions.live().number == 2, "as good as version 1, however bad both are"
    versions.promote(0)
    assert one.state().watching is None


def test_a_person_who_is_faster_is_not_overruled(
    watch: Watch, accept: Accept, versions: VersionService, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(versions)
    fill(accept, NARROW, count=8)
    one = watch()
    take_back = versions.take_back

    def after_a_person(*args, **kwargs):
        versions.promote(0, reason="by hand")
        return take_back(*args, **kwargs)

    monkeypatch.setattr(versions, "take_back", after_a_person)
    settle(one)
    assert [move.reason for move in versions.moves()] == ["by hand", "better"]
