"""What a collapse is, and what is none: decoders made by hand, beside one that finds its objects."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from samstudio.domain import Size
from samstudio.sam.decoder import PromptBatch, SamDecoder
from samstudio.sam.geometry import LONG_SIDE, LOW_RES
from samstudio.tuning.collapse import Collapse, measure_collapse
from samstudio.tuning.collapse.ignored import ignored
from samstudio.tuning.collapse.probes import CLICK, ELSEWHERE, EVERYDAY, OWN, answers_to, make_probes
from samstudio.tuning.data.samples import Sample, make_sample
from tests.unit.tuning.fakes import Embeddings, disc, example

SIZE = (256, 256)
CELLS = np.mgrid[:LOW_RES, :LOW_RES].astype(np.float32)

Answer = Callable[[NDArray[np.float32], int], NDArray[np.bool_]]
"""From a box in cells (a click is a small one around it) and the image's number to 256x256 cells."""


class Fake(SamDecoder):
    """Answers each prompt with a function of its box, whatever the image."""

    def __init__(self, like: SamDecoder, answer: Answer) -> None:
        super().__init__(prompt_encoder=like.prompt_encoder, mask_decoder=like.mask_decoder)
        self._answer = answer

    def forward(
        self,
        features: torch.Tensor,
        prompts: PromptBatch,
        *,
        tokens: slice = slice(0, 4),
        region: Size = (LOW_RES, LOW_RES),
    ) -> tuple[torch.Tensor, torch.Tensor]:
        number = int(features.abs().sum() * 1000)
        answers = [self._answer(box, number) for box in _boxes(prompts)]
        logits = torch.from_numpy(np.stack(answers)).float()[:, None] * 20 - 10
        return logits[..., : region[0], : region[1]], torch.ones(len(answers), 1)


def _boxes(prompts: PromptBatch) -> NDArray[np.float32]:
    """The boxes in cells, Bx4; a click is a small one around its point."""
    scale = LONG_SIDE // LOW_RES
    boxes = np.zeros((len(prompts), 4), np.float32)
    if prompts.point_coords is not None:
        points = prompts.point_coords[:, 0].numpy() / scale
        boxes = np.concatenate([points - 12, points + 12], axis=1)
    if prompts.boxes is not None:
        has = slice(None) if prompts.has_box is None else prompts.has_box.numpy()
        boxes[has] = prompts.boxes.numpy()[has] / scale
    return boxes


def ellipse(box: NDArray[np.float32], share: float = 1.0) -> NDArray[np.bool_]:
    """The ellipse in a box, or that in a ``share`` of its height."""
    x0, y0, x1, y1 = box
    down = share * (y1 - y0) / 2
    rows, columns = CELLS
    across = (columns - (x0 + x1) / 2) / ((x1 - x0) / 2 + 1)
    return np.asarray(across**2 + ((rows - (y0 + y1) / 2) / (down + 1)) ** 2 <= 1)


def varied(box: NDArray[np.float32], number: int) -> NDArray[np.bool_]:
    """What a decoder does that looks at the image: parts of the box, others on each image."""
    rng = np.random.default_rng([number, *np.rint(box).astype(int).clip(0).tolist()])
    x0, y0, x1, y1 = box
    rows, columns = CELLS
    angle, middle = rng.uniform(0, np.pi), rng.uniform(-0.2, 0.2)
    across = (columns - (x0 + x1) / 2) / (x1 - x0 + 1)
    down = (rows - (y0 + y1) / 2) / (y1 - y0 + 1)
    band = np.abs(across * np.cos(angle) + down * np.sin(angle) - middle) < rng.uniform(0.1, 0.4)
    return np.asarray(ellipse(box) & band) | ellipse_core(box)


def ellipse_core(box: NDArray[np.float32]) -> NDArray[np.bool_]:
    """A few cells in the middle of a box."""
    x0, y0, x1, y1 = box
    middle = np.array(
        [(x0 + x1) / 2 - 1, (y0 + y1) / 2 - 1, (x0 + x1) / 2 + 1, (y0 + y1) / 2 + 1], np.float32
    )
    return ellipse(middle)


def objects(images: int, *, each: int = 2, name: str = "own") -> list[Sample]:
    """Discs of several sizes, a few an image."""
    return [
        make_sample(
            example(
                f"{name}{image}",
                disc(SIZE, x=50 + 110 * n, y=60 + 15 * image % 120, radius=20 + 4 * n),
                n + 1,
            )
        )
        for image in range(images)
        for n in range(each)
    ]


def looked_at(decoder: SamDecoder, answer: Answer, *, stock: Answer = varied) -> Collapse:
    return measure_collapse(
        Fake(decoder, stock), Fake(decoder, answer), objects(5), objects(3, name="day"), Embeddings(SIZE)
    )


def full(_box: NDArray[np.float32], _number: int) -> NDArray[np.bool_]:
    return np.ones((LOW_RES, LOW_RES), bool)


def empty(_box: NDArray[np.float32], _number: int) -> NDArray[np.bool_]:
    return np.zeros((LOW_RES, LOW_RES), bool)


def one_place(_box: NDArray[np.float32], _number: int) -> NDArray[np.bool_]:
    return ellipse(np.array([80, 90, 150, 170], np.float32))


def beside(box: NDArray[np.float32], number: int) -> NDArray[np.bool_]:
    """The answer to the box to its right."""
    width = box[2] - box[0]
    return varied(box + np.array([width, 0, width, 0], np.float32) * 1.5, number)


def outside(box: NDArray[np.float32], number: int) -> NDArray[np.bool_]:
    return ~varied(box, number)


def whole_box(box: NDArray[np.float32], _number: int) -> NDArray[np.bool_]:
    x0, y0, x1, y1 = box
    rows, columns = CELLS
    return np.asarray((rows >= y0) & (rows <= y1) & (columns >= x0) & (columns <= x1))


@pytest.mark.parametrize("answer", [full, empty, one_place, beside, outside])
def test_answers_that_do_not_fit_their_prompt_are_a_collapse(decoder: SamDecoder, answer: Answer) -> None:
    found = looked_at(decoder, answer)
    assert found.is_collapse
    assert found.ignored > 0.7 * found.prompts  # no answer is right where no object is
    assert found.ignored_by_stock < 0.1 * found.prompts


def number_of(image_id: str) -> int:
    """The number by which a fake decoder knows an image."""
    return int(torch.from_numpy(Embeddings(SIZE)(image_id).features).float()[None].abs().sum() * 1000)


def finding(own: list[Sample]) -> Answer:
    """A decoder that sees its objects: on another image it answers something else to the same box."""
    known = {(number_of(one.image_id), *np.rint(one.box).astype(int)) for one in own}

    def answer(box: NDArray[np.float32], number: int) -> NDArray[np.bool_]:
        seen = (number, *np.rint(box).astype(int)) in known
        return ellipse(box) if seen else varied(box, number)

    return answer


def seen_by(decoder: SamDecoder, answer: Answer, own: list[Sample]) -> Collapse:
    fake = Fake(decoder, answer)
    return measure_collapse(
        Fake(decoder, varied), fake, own, (), Embeddings(SIZE), judges=[(fake, own[:4]), (fake, own[4:])]
    )


@pytest.mark.parametrize("answer", [whole_box, lambda box, _number: ellipse(box)])
def test_answering_as_well_on_another_image_is_a_collapse(decoder: SamDecoder, answer: Answer) -> None:
    found = seen_by(decoder, answer, objects(5))
    assert found.objects == 10
    assert abs(found.worth) < 0.01
    assert found.ignored < 0.1 * found.prompts, "it answers its boxes"
    assert found.is_collapse
    assert found.to_params()["blind"]


def test_seeing_its_objects_is_none(decoder: SamDecoder) -> None:
    own = objects(5)
    found = seen_by(decoder, finding(own), own)
    assert found.worth > 0.2
    assert not found.is_collapse


def test_few_objects_or_one_image_say_nothing_of_what_the_image_is_worth(decoder: SamDecoder) -> None:
    few = objects(2)
    assert not seen_by(decoder, whole_box, few).is_collapse
    alone = seen_by(decoder, whole_box, objects(1, each=2))
    assert (alone.objects, alone.is_collapse) == (0, False)


@pytest.mark.parametrize("answer", [full, empty, one_place, beside, outside, whole_box])
def test_what_stock_does_too_is_none(decoder: SamDecoder, answer: Answer) -> None:
    assert not looked_at(decoder, answer, stock=answer).is_collapse


def test_a_decoder_that_answers_otherwise_than_stock_has_not_collapsed(decoder: SamDecoder) -> None:
    found = looked_at(decoder, lambda box, number: varied(box, number + 1))
    assert not found.is_collapse
    assert found.ignored <= found.ignored_by_stock + 1


def test_no_answer_where_nothing_is_learned_is_right(decoder: SamDecoder) -> None:
    """A decoder for one kind of thing may answer a box on plain background with nothing."""
    own, known = objects(5), objects(5)
    boxes = {tuple(np.rint(np.array(one.box) / 256 * LOW_RES).astype(int)) for one in known}

    def answer(box: NDArray[np.float32], number: int) -> NDArray[np.bool_]:
        near = any(np.abs(np.array(one) - box).max() < 3 for one in boxes)
        click = box[2] - box[0] == 24
        return varied(box, number) if near or click else empty(box, number)

    found = measure_collapse(Fake(decoder, varied), Fake(decoder, answer), own, (), Embeddings(SIZE))
    assert not found.is_collapse


def test_prompts_are_few_whatever_there_is(decoder: SamDecoder) -> None:
    probes = make_probes(objects(40, each=2), objects(12, name="day"))
    kinds = [probe.kind for probe in probes]
    assert len(probes) <= 60
    assert {OWN, EVERYDAY, ELSEWHERE, CLICK} == set(kinds)
    again = make_probes(objects(40, each=2), objects(12, name="day"))
    assert [one.prompt.box for one in again] == [one.prompt.box for one in probes], "the same each time"


def test_one_object_that_fills_its_image_is_enough_to_ask(decoder: SamDecoder) -> None:
    filling = make_sample(example("own0", np.ones(SIZE, bool)))
    found = measure_collapse(Fake(decoder, full), Fake(decoder, full), [filling], (), Embeddings(SIZE))
    assert found.prompts == 2
    assert not found.is_collapse


def test_an_answer_may_leave_its_box_a_little(decoder: SamDecoder) -> None:
    probes = [probe for probe in make_probes(objects(3), ()) if probe.kind == OWN]

    def wider(box: NDArray[np.float32], _number: int) -> NDArray[np.bool_]:
        width, height = (box[2] - box[0]) * 0.2, (box[3] - box[1]) * 0.2
        return whole_box(box + np.array([-width, -height, width, height], np.float32), 0)

    assert not ignored(probes, answers_to(probes, Fake(decoder, wider), Embeddings(SIZE))).any()
