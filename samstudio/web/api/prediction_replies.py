"""Prompts in, masks out: between what travels and the prediction service."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from samstudio.domain import InvalidInput, Prediction, Prompt, Size
from samstudio.masks import encode_rle, mask_to_box
from samstudio.web.api.mask_formats import logits_from_wire, logits_to_wire, to_wire
from samstudio.web.api.models.base import version_number
from samstudio.web.api.models.predictions import (
    MAX_POINTS,
    MaskAnswer,
    PredictBody,
    PredictReply,
    PromptAnswer,
    PromptBody,
)

BATCH_BYTES = 256 * 1024 * 1024
"""Masks decoded at once, at the image's size: a hundred of 12 megapixels would be 1.2 GB."""

Ask = Callable[[Sequence[Prompt], int | None], list[Prediction]]
"""Answers prompts on one image by a version (None: the live one)."""


def prompt_of(body: PromptBody) -> Prompt:
    """A prompt as the domain has it; what does not fit its image is found out by the service."""
    if len(body.point_coords) > MAX_POINTS:
        raise InvalidInput(
            f"{len(body.point_coords)} points are too many for one object; {MAX_POINTS} is the most"
        )
    box = body.box
    return Prompt(
        box=None if box is None else (box[0], box[1], box[2], box[3]),
        point_coords=tuple((x, y) for x, y in body.point_coords),
        point_labels=tuple(body.point_labels),
        mask_input=None if body.mask_input is None else logits_from_wire(body.mask_input),
    )


def answer(body: PredictBody, ask: Ask, *, size: Size) -> PredictReply:
    """Answer every prompt by one version, some at a time; raises what `ask` raises."""
    prompts = [prompt_of(one) for one in body.prompts]
    version = version_number(body.version)
    at_once = max(1, BATCH_BYTES // (size[0] * size[1] * (3 if body.multimask_output else 1)))
    answers: list[PromptAnswer] = []
    for start in range(0, len(prompts), at_once):
        predictions = ask(prompts[start : start + at_once], version)
        version = predictions[0].version  # a swap in between must not give half of them to another one
        answers += [_answer(one, body) for one in predictions]
    assert version is not None
    return PredictReply(version=version, width=size[1], height=size[0], answers=answers)


def _answer(prediction: Prediction, body: PredictBody) -> PromptAnswer:
    best_first = np.argsort(-prediction.iou_predictions, kind="stable")
    return PromptAnswer(masks=[_mask(prediction, int(index), body) for index in best_first])


def _mask(prediction: Prediction, index: int, body: PredictBody) -> MaskAnswer:
    mask = prediction.masks[index]
    logits = prediction.low_res_logits[index : index + 1]
    return MaskAnswer(
        predicted_iou=float(prediction.iou_predictions[index]),
        area=int(np.count_nonzero(mask)),
        box=list(mask_to_box(mask)) if mask.any() else None,
        mask=to_wire(encode_rle(mask), body.mask_format, tolerance=body.tolerance),
        logits=logits_to_wire(logits) if body.with_logits else None,
    )
