from __future__ import annotations

import numpy as np
import pytest
import torch

from samstudio.sam.decoder import PromptBatch, SamDecoder
from samstudio.tuning import annotation_effort as module
from samstudio.tuning.annotation_effort import MOST_CLICKS, annotation_effort, mean_effort
from samstudio.tuning.data.prompts import next_click, tight_box
from samstudio.tuning.evaluation import overlap
from tests.unit.tuning.fakes import Embeddings, samples


class Knowing(SamDecoder):
    """Answers with the true mask of its one object once it was clicked often enough."""

    def __init__(self, like: SamDecoder, truth: torch.Tensor, after: int) -> None:
        super().__init__(prompt_encoder=like.prompt_encoder, mask_decoder=like.mask_decoder)
        self._truth, self._after = truth, after
        self.asked = 0

    def forward(self, features: torch.Tensor, batch: PromptBatch, **more: object) -> tuple[torch.Tensor, ...]:
        answer = self._truth if self.asked >= self._after else -self._truth
        self.asked += 1
        height, width = more["region"]  # type: ignore[misc]
        return answer[None, None, :height, :width], torch.ones(1, 1)


@pytest.mark.parametrize("after", [0, 1, MOST_CLICKS])
def test_clicks_are_counted_until_the_mask_is_good(decoder: SamDecoder, after: int) -> None:
    (sample,) = samples(1)
    truth = torch.from_numpy(sample.target() * 20 - 10)
    clicks, pixels, _ = annotation_effort(Knowing(decoder, truth, after), [sample], Embeddings())[0]
    assert clicks == after
    if after:
        assert pixels > sample.area  # everything but the object was answered
    else:
        assert pixels < 0.1 * sample.area


def test_a_mask_that_never_gets_good_counts_one_more_and_the_asking_ends(decoder: SamDecoder) -> None:
    (sample,) = samples(1)
    never = Knowing(decoder, torch.from_numpy(sample.target() * 20 - 10), after=99)
    assert annotation_effort(never, [sample], Embeddings())[0, 0] == MOST_CLICKS + 1
    assert never.asked == module.PASSES


def test_wrong_pixels_are_those_that_differ(decoder: SamDecoder) -> None:
    objects = samples(2, objects=2)
    embeddings = Embeddings()
    found = annotation_effort(decoder, objects, embeddings)
    for sample, (_, pixels, _) in zip(objects, found, strict=True):
        features = torch.from_numpy(embeddings(sample.image_id).features).float()[None]
        with torch.no_grad():
            logits = decoder(features, PromptBatch.of([tight_box(sample)], [sample.size]))[0][0, 0]
        shared, answered = overlap(logits, sample.mask())
        assert pixels == pytest.approx(answered + sample.area - 2 * shared, abs=3)


def test_the_order_of_objects_is_kept_and_the_mean_is_over_objects(decoder: SamDecoder) -> None:
    objects = samples(2, objects=2)
    mixed = [objects[3], objects[0], objects[2], objects[1]]
    straight, shuffled = (annotation_effort(decoder, given, Embeddings()) for given in (objects, mixed))
    assert np.array_equal(shuffled, straight[[3, 0, 2, 1]])
    mean = mean_effort(straight)
    means = (mean.clicks, mean.pixels, mean.loose_clicks)
    assert means == pytest.approx(tuple(straight.mean(axis=0)))


def test_what_needs_nothing_and_what_never_gets_good_are_counted() -> None:
    each = np.array([[0, 9, 0], [2, 9, 3], [MOST_CLICKS + 1, 9, MOST_CLICKS + 1], [0, 9, 0]], np.float64)
    told = mean_effort(each)
    assert (told.no_click, told.failed) == (0.5, 0.25)


def test_a_click_beside_the_middle_is_still_where_the_answer_is_wrong() -> None:
    (sample,) = samples(1)
    rng = np.random.default_rng(0)
    nothing = np.full((256, 256), -10, np.float32)
    middle = next_click(tight_box(sample), sample, nothing).point_coords[0]
    others = [next_click(tight_box(sample), sample, nothing, rng).point_coords[0] for _ in range(50)]
    assert all(sample.mask()[round(y), round(x)] for x, y in others)
    assert np.ptp(np.array(others), axis=0).min() > 2
    assert np.linalg.norm(np.mean(others, axis=0) - middle) < 3
