import time

import numpy as np
import pytest

from samstudio.domain import Embedding, InvalidInput, NotFound, Prediction, Prompt
from samstudio.services.predictions import PredictionService, best_first
from tests.unit.services.pictures import colours, encoded

LOGITS = np.zeros((1, 256, 256), np.float32)


class Encodings:
    """An embedding store in memory; the features say which image they are of."""

    def __init__(self):
        self.known = {}

    def get(self, image_id, pixels):
        if image_id not in self.known:
            shape = pixels().shape[:2]
            self.known[image_id] = Embedding(np.zeros((256, 64, 64), np.float16), shape, shape)
        return self.known[image_id]

    def has(self, image_id):
        return image_id in self.known


class Echo:
    """A predictor that answers each box with itself, filled."""

    def __init__(self):
        self.calls = []

    def predict(self, embedding, prompts, *, version=None, multimask_output=False):
        self.calls.append((embedding, list(prompts), version, multimask_output))
        return [self.answer(embedding, prompt, version or 5) for prompt in prompts]

    def answer(self, embedding, prompt, version):
        masks = np.zeros((1, *embedding.original_size), bool)
        if prompt.box:
            x0, y0, x1, y1 = map(int, prompt.box)
            masks[0, y0:y1, x0:x1] = True
        return Prediction(masks, np.ones(1, np.float32), LOGITS, version)


@pytest.fixture
def predictor():
    return Echo()


@pytest.fixture
def predictions(images, predictor):
    return PredictionService(images=images, embeddings=Encodings(), predictor=predictor)


@pytest.fixture
def image_id(images):
    return images.add(encoded(colours(), "PNG"), filename="a.png").image.id


def test_a_prompt_is_answered_by_the_live_version(predictions, predictor, image_id):
    answer = predictions.predict(image_id, Prompt(box=(2, 3, 10, 9)))
    assert answer.version == 5
    assert answer.masks.sum() == 8 * 6
    assert predictor.calls[0][2:] == (None, False)


def test_version_and_multimask_are_passed_on(predictions, predictor, image_id):
    answer = predictions.predict(image_id, Prompt(box=(2, 3, 10, 9)), version=2, multimask_output=True)
    assert answer.version == 2
    assert predictor.calls[0][2:] == (2, True)


def test_boxes_are_clipped_and_the_rest_goes_through(predictions, predictor, image_id):
    prompt = Prompt((30, 20, -4, 99), ((1.5, 2.5), (3, 4)), (1, 0), LOGITS)
    predictions.predict(image_id, prompt)
    (passed,) = predictor.calls[0][1]
    assert passed.box == (0, 20, 30, 24)
    assert passed.point_coords == ((1.5, 2.5), (3, 4))
    assert passed.point_labels == (1, 0)
    assert passed.mask_input is LOGITS


def test_many_prompts_are_one_batch_on_one_embedding(predictions, predictor, image_id):
    prompts = [Prompt(box=(0, 0, n, n)) for n in (3, 5, 7)]
    answers = list(predictions.predict_many(image_id, prompts))
    assert [a.masks.sum() for a in answers] == [9, 25, 49]
    assert len(predictor.calls) == 1
    assert list(predictions.predict_many(image_id, [])) == []
    assert len(predictor.calls) == 1


def test_masks_of_large_images_are_decoded_some_at_a_time_by_one_version(
    predictions, predictor, image_id, monkeypatch
):
    monkeypatch.setattr("samstudio.services.predictions.BATCH_BYTES", 2 * 36 * 24)
    box = Prompt(box=(2, 3, 10, 9))
    answers = predictions.predict_many(image_id, [box] * 5)
    assert predictor.calls == [], "nothing is decoded before an answer is taken"
    assert len(list(answers)) == 5
    called = [(len(prompts), version) for _, prompts, version, _ in predictor.calls]
    assert called == [(2, None), (2, 5), (1, 5)]
    predictor.calls.clear()
    list(predictions.predict_many(image_id, [box] * 2, multimask_output=True))
    assert [len(prompts) for _, prompts, _, _ in predictor.calls] == [1, 1], "three masks each"


def test_the_best_of_several_masks_comes_first():
    masks = np.zeros((3, 4, 5), bool)
    masks[1, 0, 0] = True
    logits = np.arange(3, dtype=np.float32)[:, None, None] * np.ones((3, 256, 256), np.float32)
    given = Prediction(masks, np.array([0.5, 0.9, 0.9], np.float32), logits, 4)
    best = best_first(given)
    assert best.iou_predictions.tolist() == pytest.approx([0.9, 0.9, 0.5])
    assert best.masks[:, 0, 0].tolist() == [True, False, False]
    assert best.low_res_logits[:, 0, 0].tolist() == [1, 2, 0]
    assert best.version == 4
    assert best_first(best) is best


@pytest.mark.parametrize(
    ("prompt", "why"),
    [
        (Prompt(), "the prompt is empty"),
        (Prompt(box=(99, 99, 120, 120)), "box 99,99,120,120 lies outside the image, which is 36x24 pixels"),
        (Prompt(box=(5, 5, 5, 9)), "box 5,5,5,9 has no area"),
        (Prompt(point_coords=((40, 1),), point_labels=(1,)), "point 40,1 lies outside the image"),
        (Prompt(point_coords=((4, 1),)), "1 points came with 0 labels"),
        (Prompt(mask_input=np.zeros((256, 256), np.float32)), r"mask_input has shape 256x256"),
        (Prompt(mask_input=np.full((1, 256, 256), np.nan, np.float32)), "numbers that are not finite"),
    ],
)
def test_bad_prompts_are_refused_before_anything_is_encoded(predictions, predictor, image_id, prompt, why):
    with pytest.raises(InvalidInput, match=why):
        predictions.predict_many(image_id, [Prompt(box=(0, 0, 3, 3)), prompt])
    assert predictor.calls == []
    assert not predictions.prepared(image_id)


def test_unknown_images(predictions):
    with pytest.raises(NotFound):
        predictions.predict("nope", Prompt(box=(0, 0, 3, 3)))
    with pytest.raises(NotFound):
        predictions.prepare("nope")


def test_preparing_encodes_ahead(predictions, image_id):
    assert not predictions.prepared(image_id)
    predictions.prepare(image_id)
    assert predictions.prepared(image_id)


def test_a_file_outside_the_dataset(predictions, images, tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(encoded(colours(seed=9), "PNG"))
    answer = predictions.predict_file(path, Prompt(box=(0, 0, 3, 3)), version=4, max_pixels=10**6)
    assert (answer.version, answer.masks.sum()) == (4, 9)
    assert images.count() == 0
    with pytest.raises(InvalidInput, match=r"^a.png is 36x24 pixels .*the limit is"):
        predictions.predict_file(path, Prompt(box=(0, 0, 3, 3)), max_pixels=10)
    with pytest.raises(InvalidInput, match="box 90,90,99,99 lies outside"):
        predictions.predict_file(path, Prompt(box=(90, 90, 99, 99)), max_pixels=10**6)
    with pytest.raises(InvalidInput, match="cannot be read: No such file"):
        predictions.predict_file(tmp_path / "no.png", Prompt(box=(0, 0, 3, 3)), max_pixels=10**6)


def test_each_stage_that_went_well_is_told(images, predictor, image_id):
    told = []
    predictions = PredictionService(
        images=images,
        embeddings=Encodings(),
        predictor=predictor,
        observe=lambda stage, seconds: told.append((stage, seconds >= 0)),
    )
    prompt = Prompt(box=(1, 1, 5, 5))
    predictions.predict(image_id, prompt)
    assert told == [("encode", True), ("decode", True), ("predict", True)]
    told.clear()
    predictions.predict(image_id, prompt)
    assert told == [("decode", True), ("predict", True)], "an image is encoded once"
    told.clear()
    with pytest.raises(InvalidInput):
        predictions.predict(image_id, Prompt())
    assert told == []


def test_it_knows_how_long_nobody_needed_it(predictions, image_id, monkeypatch):
    now = [time.monotonic() + 100]
    monkeypatch.setattr("samstudio.services.predictions.time.monotonic", lambda: now[0])
    predictions.prepare(image_id)
    now[0] += 5
    assert predictions.quiet_seconds() == 5
    predictions.predict(image_id, Prompt(box=(2, 3, 10, 9)))
    assert predictions.quiet_seconds() == 0
