from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from samstudio.domain import InvalidInput
from samstudio.masks import iou
from samstudio.sam.decoder import PromptBatch, SamDecoder
from samstudio.sam.geometry import binary_masks, preprocess_shape
from samstudio.tuning import evaluation
from samstudio.tuning.data.prompts import tight_box
from samstudio.tuning.evaluation import Evaluation, evaluate, mask_iou, upsampling
from samstudio.tuning.protocols import PROTOCOLS
from tests.unit.tuning.fakes import Embeddings, disc, example, examples, samples

SIZES = [(96, 128), (500, 333), (1024, 1024), (1500, 2001), (37, 21), (3, 900)]


def _long_way(logits: torch.Tensor, mask: np.ndarray) -> float:
    size = (mask.shape[0], mask.shape[1])
    answer = binary_masks(logits[None, None], input_size=preprocess_shape(size), original_size=size)
    return iou(answer[0, 0], mask)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("shift", [-4.0, -2.5, 0.0])
def test_the_short_way_scores_as_postprocess_masks_does(size: tuple[int, int], shift: float) -> None:
    rng = torch.Generator().manual_seed(size[0])
    coarse = torch.randn(1, 1, 20, 20, generator=rng) * 2 + shift
    logits = F.interpolate(coarse, (256, 256), mode="bicubic")[0, 0]
    mask = disc(size, x=size[1] / 2, y=size[0] / 2, radius=max(1, min(size) / 3))
    assert mask_iou(logits, mask) == pytest.approx(_long_way(logits, mask), abs=1e-4)


def test_the_matrices_of_many_large_images_do_not_pile_up() -> None:
    assert upsampling((300, 400))[0] is upsampling((300, 400))[0]
    for extra in range(14):  # some 8 MB each
        upsampling((4000, 4000 + extra))
    assert 48 << 20 < evaluation._upsampling.nbytes <= 64 << 20


def test_no_positive_logit_is_no_mask() -> None:
    assert mask_iou(torch.full((256, 256), -1.0), disc((50, 50), x=20, y=20, radius=5)) == 0.0


def test_box_is_the_protocol_of_the_design(decoder: SamDecoder) -> None:
    """Tight box, single mask, upsampled, threshold 0, IoU at the original resolution, mean over objects."""
    embeddings = Embeddings()
    expected = []
    for sample in samples(2, objects=2):
        features = torch.from_numpy(embeddings(sample.image_id).features).float()[None]
        with torch.no_grad():
            low_res, _ = decoder(features, PromptBatch.of([tight_box(sample)], [sample.size]))
        expected.append(_long_way(low_res[0, 0], sample.mask()))
    found = evaluate(decoder, examples(2, objects=2), embeddings)
    assert found.ious().tolist() == pytest.approx(expected, abs=2e-3)
    assert found.miou == pytest.approx(np.mean(expected), abs=2e-3)


def test_every_protocol_is_reported_by_name_and_progress_told(decoder: SamDecoder) -> None:
    told: list[tuple[int, int]] = []
    found = evaluate(
        decoder,
        examples(2),
        Embeddings(),
        PROTOCOLS.names(),
        on_progress=lambda done, total: told.append((done, total)),
    )
    assert list(found.mious()) == list(PROTOCOLS.names())
    assert told == [(1, 2), (2, 2)]
    assert [scored.annotation_id for scored in found.objects] == [1, 2]


def test_scores_keep_the_order_given_and_read_each_image_once(decoder: SamDecoder) -> None:
    one, two, three = examples(3)
    more = example("a", disc((96, 128), x=100, y=70, radius=8), number=9)
    embeddings = Embeddings()
    found = evaluate(decoder, [one, two, more, three], embeddings)
    assert [scored.annotation_id for scored in found.objects] == [1, 2, 9, 3]
    assert embeddings.asked == ["a", "b", "c"]


def test_nothing_to_score_has_no_miou() -> None:
    assert Evaluation(()).mious() == {}
    assert math.isnan(Evaluation(()).miou)


def test_an_empty_mask_is_refused(decoder: SamDecoder) -> None:
    with pytest.raises(InvalidInput):
        evaluate(decoder, [example("a", np.zeros((96, 128), bool))], Embeddings())
