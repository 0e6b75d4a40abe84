"""Conversion of the API's prompts and masks to and from the prediction service's types."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from samstudio.domain import Prediction, Prompt, Size
from samstudio.masks import RunLengths, encode_rle
from samstudio.prompts import check_count, make_prompt
from samstudio.web.api.mask_formats import logits_from_wire, logits_to_wire, to_wire
from samstudio.web.api.models.base import version_number
from samstudio.web.api.models.predictions import (
    MaskAnswer,
    PredictBody,
    PredictReply,
    PromptAnswer,
    PromptBody,
)

Ask = Callable[[Sequence[Prompt], int | None], Iterator[Prediction]]
"""Answers prompts on one image by a version (None: the live one)."""


def prompt_of(body: PromptBody) -> Prompt:
    """Return the domain's prompt of a request; the service checks that it fits its image.

    Raises:
        InvalidInput: the prompt is empty or malformed, or its logits are.
    """
    return make_prompt(
        box=body.box,
        point_coords=body.point_coords,
        point_labels=body.point_labels,
        mask_input=None if body.mask_input is None else logits_from_wire(body.mask_input),
    )


def answer(body: PredictBody, ask: Ask, *, size: Size) -> PredictReply:
    """Answer every prompt of a request by ``ask``, on an image of ``size`` (height, width).

    Raises:
        InvalidInput: there are no prompts, too many, or a malformed one, or ``ask`` refuses one.
        NotFound: the version does not exist.
        Unavailable: the model's weights are missing.
    """
    check_count(len(body.prompts))
    predictions = ask([prompt_of(one) for one in body.prompts], version_number(body.version))
    answers = [(_answer(one, body), one.version) for one in predictions]
    return PredictReply(
        version=answers[0][1], width=size[1], height=size[0], answers=[one for one, _ in answers]
    )


def _answer(prediction: Prediction, body: PredictBody) -> PromptAnswer:
    return PromptAnswer(masks=[_mask(prediction, index, body) for index in range(len(prediction.masks))])


def _mask(prediction: Prediction, index: int, body: PredictBody) -> MaskAnswer:
    mask = RunLengths.parse(rle := encode_rle(prediction.masks[index]))
    logits = prediction.low_res_logits[index : index + 1]
    return MaskAnswer(
        predicted_iou=float(prediction.iou_predictions[index]),
        area=mask.area,
        box=None if mask.is_empty else list(mask.box),
        mask=to_wire(rle, body.mask_format, tolerance=body.tolerance),
        logits=logits_to_wire(logits) if body.with_logits else None,
    )
