"""Real decoders (random weights) behind the sides: the protocol, the blend, the stored file."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from samstudio.domain import Unavailable
from samstudio.masks import decode_rle
from samstudio.sam.decoder import load_decoder_state, save_decoder
from samstudio.services.comparison.decoders import BlendedDecoders
from samstudio.services.comparison.types import BlendedVersion
from samstudio.services.versions import VersionService
from samstudio.tuning.evaluation import evaluate
from samstudio.tuning.trainer import blend
from tests.unit.sam.stock import random_decoder
from tests.unit.tuning.fakes import Embeddings, examples


@pytest.fixture(scope="module")
def stock():
    return random_decoder()


@pytest.fixture(scope="module")
def tuned():
    return random_decoder(1).decoder_state()


@pytest.fixture
def versions(database, tmp_path):
    return VersionService(database=database, folder=tmp_path / "decoders", model="vit_t")


@pytest.fixture
def decoders(versions, stock):
    made = Embeddings()
    model = SimpleNamespace(name="vit_t", stock=stock)
    store = SimpleNamespace(get=lambda image_id, pixels: made(image_id))
    return BlendedDecoders(
        versions=versions, model=lambda: model, embeddings=lambda: store, pixels=lambda image_id: None
    )


def make(versions, state):
    return versions.create(write=lambda path: save_decoder(path, state, {}), reason="better").number


def masks_of(found):
    return [decode_rle(one.rle) for one in found]


def test_an_answer_s_iou_is_the_protocol_s(decoders, versions, stock, tuned):
    found = examples(1, objects=3)
    number = make(versions, tuned)
    for blended, decoder in ((BlendedVersion(0), stock), (BlendedVersion(number), stock.with_weights(tuned))):
        given = decoders.answers(blended, "a", masks_of(found))
        expected = evaluate(decoder, found, Embeddings()).ious()
        assert [one.iou for one in given] == pytest.approx(expected.tolist(), abs=2e-3)


def test_an_answer_holds_its_mask_where_it_lies(decoders):
    (true, *_) = masks_of(examples(1))
    (given,) = decoders.answers(BlendedVersion(0), "a", [true])
    if given.crop is None:
        assert given.iou == 0.0
        return
    crop, (x, y) = decode_rle(given.crop), given.corner
    whole = np.zeros_like(true)
    whole[y : y + crop.shape[0], x : x + crop.shape[1]] = crop
    assert crop.any(axis=0)[[0, -1]].all(), "cropped tight"
    assert np.count_nonzero(whole & true) / np.count_nonzero(whole | true) == pytest.approx(given.iou)


def test_a_strength_is_that_share_of_the_way_from_stock(decoders, versions, stock, tuned, tmp_path):
    number = make(versions, tuned)
    decoders.write(BlendedVersion(number, 0.25), tmp_path / "quarter.safetensors")
    written = load_decoder_state(tmp_path / "quarter.safetensors")
    origin = stock.decoder_state()
    assert set(written) == set(origin)
    for name in origin:
        torch.testing.assert_close(written[name], origin[name] + 0.25 * (tuned[name] - origin[name]))
    found = examples(1, objects=2)
    given = decoders.answers(BlendedVersion(number, 0.25), "a", masks_of(found))
    blended = stock.with_weights(blend(origin, [tuned], 0.25))
    assert [one.iou for one in given] == pytest.approx(
        evaluate(blended, found, Embeddings()).ious().tolist(), abs=2e-3
    )


def test_only_a_few_decoders_are_kept(decoders, versions, tuned):
    number = make(versions, tuned)
    for strength in (0.25, 0.5, 0.75, 1.0):
        decoders.load(BlendedVersion(number, strength))
    decoders.load(BlendedVersion(make(versions, tuned)))
    assert len(decoders._decoders) == 4
    assert BlendedVersion(number, 0.25) not in decoders._decoders


@pytest.mark.parametrize("strength", [0.5, 1.0])
def test_a_file_that_is_gone_or_does_not_fit_is_said(decoders, versions, tuned, strength):
    gone = make(versions, tuned)
    versions.path(gone).unlink()
    with pytest.raises(Unavailable, match=f"the file of version {gone} is gone"):
        decoders.load(BlendedVersion(gone, strength))
    unfit = make(versions, {"another": torch.zeros(2)})
    with pytest.raises(Unavailable, match=f"the file of version {unfit} does not fit this model"):
        decoders.load(BlendedVersion(unfit, strength))
