from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
import torch

from samstudio.domain import Example, InvalidInput
from samstudio.sam.decoder import SamDecoder
from samstudio.tuning import annotation_effort
from samstudio.tuning.gate import Choice
from samstudio.tuning.gate.choice import LEAST_STRENGTH
from samstudio.tuning.pipeline import Cancelled, TuneOutcome, TuningProgress, tune
from samstudio.tuning.recipe import Recipe
from samstudio.tuning.steps import models
from tests.unit.tuning.fakes import Embeddings, disc, example, examples

WHOLE = Recipe(steps=2, batch=1, strengths=(0.5, 1.0), guarded_objects=1, effort_objects=1)
QUICK = replace(WHOLE, folds=2, partitions=1, strengths=(1.0,), half_precision=False)


@pytest.fixture(autouse=True)
def few_clicks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Random weights need every click there is: `test_annotation_effort` counts them, here one is enough."""
    monkeypatch.setattr(annotation_effort, "MOST_CLICKS", 1)


def _tune(decoder: SamDecoder, given: list[Example], **more: Any) -> TuneOutcome:
    no_hurry = {"max_seconds": 3600.0}  # on a busy machine there are fewer steps otherwise
    settings = {"live_state": None, "embedding": Embeddings(), "recipe": QUICK, **no_hurry}
    return tune(stock=decoder, examples=given, **{**settings, **more})


def test_few_images_are_cross_fitted(decoder: SamDecoder) -> None:
    told = list[TuningProgress]()
    outcome = _tune(decoder, examples(4), recipe=WHOLE, on_progress=told.append)
    assert (outcome.n_train, outcome.n_val) == (4, 4)
    assert outcome.base_miou == outcome.live_miou
    assert outcome.scores.strength in WHOLE.strengths
    assert set(outcome.scores.protocols) == {"jitter", "click", "clicks3"}
    assert len(outcome.objects) == 4
    assert sum(o.candidate for o in outcome.objects) / 4 == pytest.approx(outcome.candidate_miou)
    assert (outcome.config.models, outcome.config.steps) == (6, 2)
    assert sum(loss is not None for _, loss, _, _ in outcome.points) == 2
    assert {len(seen.gains) for seen in outcome.differences.values()} == {4}
    assert any(val is not None for _, _, val, _ in outcome.points)
    assert [t.step for t in told] == sorted(t.step for t in told)
    json.dumps([outcome.scores.to_json(), outcome.config.to_json()])


@pytest.mark.parametrize("images", [1, 2])
def test_one_or_two_images_can_be_learned_from_but_not_judged(decoder: SamDecoder, images: int) -> None:
    outcome = _tune(decoder, examples(images))
    assert not outcome.promote
    assert outcome.candidate_miou is None
    assert outcome.n_val == 0
    assert "at least 3 images" in outcome.reason
    assert any(not torch.equal(outcome.state[n], v) for n, v in decoder.decoder_state().items())


def test_nothing_to_learn_from_is_refused(decoder: SamDecoder) -> None:
    with pytest.raises(InvalidInput, match="no accepted mask"):
        _tune(decoder, [])
    empty = example("a", disc((96, 128), x=-50, y=0, radius=3))
    with pytest.raises(InvalidInput, match="is empty"):
        _tune(decoder, [empty])


def test_what_was_left_out_is_named(decoder: SamDecoder) -> None:
    outcome = _tune(decoder, [*examples(3), examples(3)[0]])
    assert len(outcome.scores.skipped or ()) == 1


def test_the_live_version_is_judged_too(decoder: SamDecoder) -> None:
    live = {name: value * 1.01 for name, value in decoder.decoder_state().items()}
    outcome = _tune(decoder, examples(3), live_state=live)
    assert outcome.live_miou != outcome.base_miou


def test_cancelling_stops_it(decoder: SamDecoder) -> None:
    told = list[TuningProgress]()
    with pytest.raises(Cancelled):
        _tune(
            decoder,
            examples(3),
            on_progress=told.append,
            cancelled=lambda: any(t.phase == "training" for t in told),
        )
    assert told[-1].phase == "training"
    assert told[-1].loss is None


def test_an_error_in_the_listener_is_not_swallowed(decoder: SamDecoder) -> None:
    def listener(progress: TuningProgress) -> None:
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        _tune(decoder, examples(3), on_progress=listener)


def test_little_time_means_fewer_steps(decoder: SamDecoder) -> None:
    outcome = _tune(
        decoder, examples(3), recipe=Recipe(steps=500, batch=2, strengths=(1.0,)), max_seconds=2.0
    )
    assert outcome.config.steps < 300
    assert outcome.config.models < 6, "fewer models, each trained enough to be judged"


def test_what_goes_on_from_the_live_version_is_judged_on_images_new_to_it(decoder: SamDecoder) -> None:
    live = {name: value * 1.01 for name, value in decoder.decoder_state().items()}
    outcome = _tune(decoder, examples(6), live_state=live, live_annotation_ids=[1, 2], from_live=True)
    assert outcome.config.start == "live"
    assert {one.annotation_id for one in outcome.objects} == {3, 4, 5, 6}
    assert outcome.n_train == 6
    far = {name: float((outcome.state[name] - live[name]).norm()) for name in live}
    assert sum(far.values()) < sum(float((live[n] - v).norm()) for n, v in decoder.decoder_state().items())


def test_an_image_of_a_group_that_the_live_version_saw_judges_nothing(decoder: SamDecoder) -> None:
    given = [replace(one, group="scene" if one.image_id in "ab" else None) for one in examples(6)]
    live = decoder.decoder_state()
    outcome = _tune(decoder, given, live_state=live, live_annotation_ids=[1], from_live=True)
    assert {one.annotation_id for one in outcome.objects} == {3, 4, 5, 6}


def test_where_live_learned_from_everything_its_continuation_is_kept_aside(decoder: SamDecoder) -> None:
    live = decoder.decoder_state()
    outcome = _tune(decoder, examples(4), live_state=live, live_annotation_ids=[1, 2, 3], from_live=True)
    assert not outcome.promote
    assert "only 1 new ones" in outcome.reason


def test_from_live_means_from_stock_while_stock_is_live(decoder: SamDecoder) -> None:
    assert _tune(decoder, examples(3), from_live=True).config.start == "stock"


def test_annotation_effort_is_reported_before_and_after(decoder: SamDecoder) -> None:
    effort = _tune(decoder, examples(3)).scores.to_json()["labour"]
    assert effort["objects"] == QUICK.effort_objects
    for measure in ("clicks90", "corrected_pixels"):
        assert effort[measure]["base"] >= 0
        assert effort[measure]["candidate"] >= 0


def test_what_live_learned_from_is_compared_by_what_its_models_got_held_out(decoder: SamDecoder) -> None:
    """Live is better on every object that it learned from; held out, its models were bad."""
    live = {name: value * 1.01 for name, value in decoder.decoder_state().items()}
    ids = [one.annotation_id or 0 for one in examples(6)]
    verdicts = []
    for held_out in ({}, dict.fromkeys(ids, -1.0), dict.fromkeys(ids, 2.0)):
        outcome = _tune(
            decoder, examples(6), live_state=live, live_annotation_ids=ids, live_held_out=held_out
        )
        verdicts.append(outcome.verdict)
        if held_out:
            assert outcome.live_miou == pytest.approx(held_out[1])
    _unknown, bad, good = verdicts
    assert bad.code != "live-not-beaten"
    assert good.code in ("live-not-beaten", "no-gain", "gain-uncertain")


def test_what_is_served_an_eighth_of_the_way_is_judged_there(
    decoder: SamDecoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    eighth = Choice(LEAST_STRENGTH, expected=0.01, risk=0.02, safe=True, careful=True)
    monkeypatch.setattr(models, "choose", lambda _seen, _priors: eighth)
    outcome = _tune(decoder, examples(3))
    assert set(outcome.scores.by_strength) == {LEAST_STRENGTH, 1.0}
    assert outcome.scores.strength == LEAST_STRENGTH
    assert outcome.candidate_miou == pytest.approx(outcome.scores.by_strength[LEAST_STRENGTH])
    assert set(outcome.differences) == {1.0}, "the choice rests on what was judged before it"


def test_no_weight_of_the_model_moves_whatever_a_job_does(decoder: SamDecoder) -> None:
    """The prompt encoder, and stock's own mask decoder; the image encoder is not even given to it."""
    before = {name: value.clone() for name, value in decoder.state_dict().items()}
    outcome = _tune(decoder, examples(4), recipe=WHOLE)
    for name, value in decoder.state_dict().items():
        assert torch.equal(value, before[name]), name
    assert outcome.state.keys() == decoder.decoder_state().keys()
    assert not any("prompt_encoder" in name or "image_encoder" in name for name in outcome.state)
    assert any(
        not torch.equal(value, before[f"mask_decoder.{name}"]) for name, value in outcome.state.items()
    )
