from __future__ import annotations

import threading

import numpy as np
import pytest
import torch

from samstudio.domain import Embedding, InvalidInput, NotFound, Prompt, Unavailable
from samstudio.sam.geometry import preprocess_shape
from samstudio.sam.predictor import LivePredictor
from tests.unit.sam.stock import random_decoder, stock_answer, stock_sam, stock_sam_class

SIZE = (90, 120)
BOX = Prompt(box=(10, 20, 70, 60))


@pytest.fixture(scope="module")
def embedding() -> Embedding:
    features = np.random.default_rng(0).standard_normal((256, 64, 64)) * 0.1
    return Embedding(features.astype(np.float16), SIZE, preprocess_shape(SIZE))


class Versions:
    """Decoder states by number, and the one that is live."""

    def __init__(self, **states: dict[str, torch.Tensor]) -> None:
        self.states = {int(name[1:]): state for name, state in states.items()}
        self.live = 0
        self.loaded: list[int] = []

    def load(self, number: int) -> dict[str, torch.Tensor]:
        self.loaded.append(number)
        if number not in self.states:
            raise NotFound(f"there is no version {number}")
        return self.states[number]


@pytest.fixture(scope="module")
def stock():
    return random_decoder()


@pytest.fixture(scope="module")
def states():
    return {f"v{seed}": random_decoder(seed).decoder_state() for seed in (1, 2, 3, 4)}


@pytest.fixture
def versions(states) -> Versions:
    return Versions(**states)


@pytest.fixture
def predictor(stock, versions) -> LivePredictor:
    return LivePredictor(stock=stock, load=versions.load, live=lambda: versions.live)


def test_the_answer_is_stock_s(predictor, stock, embedding):
    (answer,) = predictor.predict(embedding, [BOX])
    scale = np.array([1024 / 120, 768 / 90] * 2)
    boxes = torch.from_numpy(np.array(BOX.box) * scale).float()[None]
    features = torch.from_numpy(embedding.features[None].astype(np.float32))
    with torch.no_grad():
        low_res, iou = stock_answer(stock, features, boxes=boxes)
        full = stock_sam_class().postprocess_masks(stock_sam(), low_res, embedding.input_size, SIZE)
    np.testing.assert_allclose(answer.low_res_logits, low_res[0, :1], atol=2e-5, rtol=1e-5)
    np.testing.assert_allclose(answer.iou_predictions, iou[0, :1], atol=2e-5)
    clear = np.abs(full[0, :1].numpy()) > 1e-4
    np.testing.assert_array_equal(answer.masks[clear], (full[0, :1].numpy() > 0)[clear])
    assert answer.masks.shape == (1, *SIZE)
    assert answer.version == 0


def test_types_and_shapes_of_a_multimask_answer(predictor, embedding):
    (answer,) = predictor.predict(embedding, [BOX], multimask_output=True)
    assert answer.masks.shape == (3, *SIZE)
    assert answer.masks.dtype == np.bool_
    assert answer.iou_predictions.shape == (3,)
    assert answer.low_res_logits.shape == (3, 256, 256)
    assert answer.iou_predictions.dtype == answer.low_res_logits.dtype == np.float32


def test_many_prompts_answer_as_each_alone_and_logits_feed_back(predictor, embedding):
    (first,) = predictor.predict(embedding, [BOX])
    click = Prompt(box=BOX.box, point_coords=((30, 30),), point_labels=(1,), mask_input=first.low_res_logits)
    prompts = [
        BOX,
        click,
        Prompt(point_coords=((5, 5),), point_labels=(0,)),
    ] * 4  # 12: more than are decoded at once
    together = predictor.predict(embedding, prompts)
    assert len(together) == 12
    for row, prompt in enumerate(prompts[:3]):
        (alone,) = predictor.predict(embedding, [prompt])
        for same in (row, row + 9):
            np.testing.assert_allclose(
                together[same].low_res_logits, alone.low_res_logits, atol=2e-5, rtol=1e-5
            )


def test_no_prompts_no_answers_and_an_empty_prompt_is_refused(predictor, embedding):
    assert predictor.predict(embedding, []) == []
    with pytest.raises(InvalidInput, match="empty"):
        predictor.predict(embedding, [Prompt()])


def test_moving_live_swaps_and_moving_back_rolls_back(predictor, versions, embedding):
    (stock,) = predictor.predict(embedding, [BOX])
    versions.live = 1
    (tuned,) = predictor.predict(embedding, [BOX])
    versions.live = 0
    (again,) = predictor.predict(embedding, [BOX])
    assert (stock.version, tuned.version, again.version) == (0, 1, 0)
    assert not np.allclose(stock.low_res_logits, tuned.low_res_logits)
    np.testing.assert_array_equal(stock.low_res_logits, again.low_res_logits)
    versions.live = 1
    predictor.predict(embedding, [BOX])
    assert versions.loaded == [1]  # it was kept


def test_any_version_answers_by_its_number_without_moving_live(predictor, versions, embedding):
    versions.live = 1
    (live,) = predictor.predict(embedding, [BOX])
    for number in (0, 2, 3, 4, 2):
        (answer,) = predictor.predict(embedding, [BOX], version=number)
        assert answer.version == number
    (same,) = predictor.predict(embedding, [BOX], version=1)
    np.testing.assert_array_equal(live.low_res_logits, same.low_res_logits)
    assert predictor.predict(embedding, [BOX])[0].version == 1
    assert versions.loaded == [1, 2, 3, 4, 2]  # two spare ones are kept, not all


def nan_state(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return state | {"iou_token.weight": torch.full_like(state["iou_token.weight"], float("nan"))}


def short_state(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {name: value for name, value in state.items() if name != "iou_token.weight"}


@pytest.mark.parametrize(
    ("damage", "message"), [(nan_state, "finite"), (short_state, "does not fit"), (None, "no version 9")]
)
def test_a_version_that_is_no_good_leaves_the_last_good_one_serving(
    stock, versions, embedding, damage, message, caplog
):
    predictor = LivePredictor(stock=stock, load=versions.load, live=lambda: versions.live, retry_seconds=0.0)
    versions.live = 1
    predictor.predict(embedding, [BOX])
    if damage:
        versions.states[9] = damage(versions.states[2])
    versions.live = 9
    (answer,) = predictor.predict(embedding, [BOX])
    assert answer.version == 1
    assert message in caplog.text
    assert "version 1 still serves" in caplog.text
    with pytest.raises((Unavailable, NotFound), match=message):
        predictor.predict(embedding, [BOX], version=9)

    versions.states[9] = versions.states[2]
    (answer,) = predictor.predict(embedding, [BOX])
    assert answer.version == 9


def test_a_version_that_failed_is_left_alone_for_a_while(stock, versions, embedding, caplog):
    predictor = LivePredictor(stock=stock, load=versions.load, live=lambda: versions.live, retry_seconds=60.0)
    versions.live = 9
    for _ in range(3):
        predictor.predict(embedding, [BOX])
    assert versions.loaded == [9]
    versions.live = 2
    assert predictor.predict(embedding, [BOX])[0].version == 2


def test_a_request_during_a_quick_swap_gets_the_new_version(stock, states, embedding):
    """A preview began it; the click right after it must not be answered by the version before."""
    building, go_on, loads = threading.Event(), threading.Event(), []

    def load(number: int) -> dict[str, torch.Tensor]:
        loads.append(number)
        building.set()
        assert go_on.wait(10)
        return states[f"v{number}"]

    predictor = LivePredictor(stock=stock, load=load, live=lambda: 1, patience_seconds=10)
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(predictor.predict(embedding, [BOX])[0].version))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
        assert building.wait(10)
    go_on.set()
    for thread in threads:
        thread.join()
    assert answers == [1, 1, 1]
    assert loads == [1], "and it was built once"


def test_requests_during_a_long_swap_are_served_and_each_answer_is_of_one_version(stock, states, embedding):
    """While one thread builds version 1, others answer with version 0; no answer mixes the two."""
    building, go_on = threading.Event(), threading.Event()

    def load(number: int) -> dict[str, torch.Tensor]:
        building.set()
        assert go_on.wait(10)
        return states[f"v{number}"]

    predictor = LivePredictor(stock=stock, load=load, live=lambda: 1, patience_seconds=0.05)
    answers = []
    swapper = threading.Thread(target=lambda: answers.append(predictor.predict(embedding, [BOX])[0]))
    swapper.start()
    assert building.wait(10)
    (meanwhile,) = predictor.predict(embedding, [BOX])
    assert meanwhile.version == 0
    go_on.set()
    swapper.join()
    assert answers[0].version == 1
    reference = {number: predictor.predict(embedding, [BOX], version=number)[0] for number in (0, 1)}
    for answer in (meanwhile, *answers):
        np.testing.assert_allclose(
            answer.low_res_logits, reference[answer.version].low_res_logits, atol=2e-5, rtol=1e-5
        )
