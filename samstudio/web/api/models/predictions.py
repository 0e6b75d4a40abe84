"""Prompts and the masks that answer them, in requests and replies."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from samstudio.prompts import MAX_POINTS, MAX_PROMPTS
from samstudio.web.api.models.base import Body, MaskFormat, Reply, VersionChoice, example
from samstudio.web.api.models.masks import AnyMask

# Limits are in the document alone: `samstudio.prompts` checks them, with the same sentences for every caller.
XY = Annotated[list[float], Field(json_schema_extra={"minItems": 2, "maxItems": 2})]
Corners = Annotated[list[float], Field(json_schema_extra={"minItems": 4, "maxItems": 4})]
Label = Annotated[int, Field(json_schema_extra={"minimum": 0, "maximum": 1})]


class PromptBody(Body):
    """One prompt about one object, in segment-anything's names; coordinates are the image's pixels."""

    box: Corners | None = Field(None, description="x0, y0, x1, y1", examples=[[20, 30, 180, 160]])
    point_coords: list[XY] = Field(
        default_factory=list, description=f"At most {MAX_POINTS}.", examples=[[[90, 70]]]
    )
    point_labels: list[Label] = Field(
        default_factory=list, description="One a point: 1 inside, 0 outside.", examples=[[1]]
    )
    mask_input: str | None = Field(
        None,
        description="The `logits` of an earlier answer: base64 of 1x256x256 little-endian float32.",
        examples=[None],
    )


class MaskOptions(Body):
    """The format of the masks in the reply."""

    mask_format: MaskFormat = "rle"
    tolerance: float = Field(
        0,
        ge=0,
        le=100,
        description="Pixels by which polygons may leave the mask's edge; 0 follows it exactly.",
    )


class PredictBody(MaskOptions):
    """Prompts on one image, answered by one version of the decoder."""

    model_config = example({"prompts": [{"box": [20, 30, 180, 160]}], "mask_format": "polygons"})

    prompts: list[PromptBody] = Field(json_schema_extra={"minItems": 1, "maxItems": MAX_PROMPTS})
    multimask_output: bool = Field(False, description="Three answers to each prompt, the best first.")
    version: VersionChoice = Field("live", description="`live`, or a number; 0 is stock.")
    with_logits: bool = Field(False, description="Give each mask's `logits`, to be corrected further.")


class MaskAnswer(Reply):
    """One mask: ``box`` is tight (x0, y0, x1, y1; the outermost pixels), null when the mask is empty."""

    predicted_iou: float
    area: int
    box: list[float] | None
    mask: AnyMask
    logits: str | None = None


class PromptAnswer(Reply):
    """The masks that answer one prompt, the best by predicted IoU first."""

    masks: list[MaskAnswer]


class PredictReply(Reply):
    """The answers in the prompts' order; ``version`` is the decoder that gave them all."""

    version: int
    width: int
    height: int
    answers: list[PromptAnswer]
