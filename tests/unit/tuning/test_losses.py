from __future__ import annotations

import pytest
import torch

from samstudio.tuning import losses

TARGET = torch.zeros(1, 8, 8)
TARGET[:, 2:5, 2:6] = 1
VALID = torch.ones(1, 8, 8)
RIGHT = (TARGET * 2 - 1) * 30
ALL = [losses.focal, losses.dice]


@pytest.mark.parametrize("loss", ALL)
def test_the_right_answer_costs_nothing_and_a_wrong_one_more_than_doubt(loss: object) -> None:
    right, doubt, wrong = (float(loss(logits, TARGET, VALID)) for logits in (RIGHT, 0 * RIGHT, -RIGHT))  # type: ignore[operator]
    assert right == pytest.approx(0, abs=1e-5)
    assert right < doubt < wrong


@pytest.mark.parametrize("loss", ALL)
def test_padding_does_not_count(loss: object) -> None:
    valid = VALID.clone()
    valid[:, :, 6:] = 0
    noisy = RIGHT.clone()
    noisy[:, :, 6:] = 99
    assert float(loss(noisy, TARGET, valid)) == pytest.approx(float(loss(RIGHT, TARGET, valid)))  # type: ignore[operator]


def test_each_object_has_its_own_loss() -> None:
    both = losses.focal(torch.cat([RIGHT, -RIGHT]), TARGET.expand(2, -1, -1), VALID.expand(2, -1, -1))
    assert both.shape == (2,)
    assert both[0] < both[1]


def test_soft_iou_is_that_of_the_thresholded_answer_and_carries_no_gradient() -> None:
    logits = torch.full((1, 8, 8), -5.0, requires_grad=True)
    half = logits + 10 * (TARGET * (torch.arange(8) < 4))
    found = losses.soft_iou(half, TARGET, VALID)
    assert float(found) == pytest.approx(0.5)
    assert not found.requires_grad
