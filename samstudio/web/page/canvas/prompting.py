"""The canvas's prompts: a box, clicks, many boxes in; masks to look at out. Nothing is stored here."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from samstudio.domain import Prediction, Prompt
from samstudio.masks import Mask
from samstudio.prompts import check_count, make_prompt, prompt_from_json
from samstudio.records import Json
from samstudio.web.page.canvas import requests as read
from samstudio.web.page.canvas.drafts import DraftLogits, Logits
from samstudio.web.page.canvas.wire import from_wire, to_wire

if TYPE_CHECKING:
    from samstudio.project import Project


@dataclass(frozen=True, eq=False)
class Answer:
    """One mask (bool HxW) that a decoder gave, with its predicted IoU and its logits (1x256x256)."""

    mask: Mask
    iou: float
    logits: Logits


class CanvasPrompting:
    """The server functions on prompts; the logits of each answer are kept for the prompt that corrects it."""

    def __init__(self, *, project: Project) -> None:
        self._project = project
        self._drafts = DraftLogits()

    def predict(self, request: Json) -> Json:
        """Answer one prompt.

        ``{image_id, prompt, previous, preview}`` → mask, iou, version, token, candidates, candidate, ms.

        ``previous`` is what this prompt corrects: ``{token, steps}`` of an
        earlier answer, or ``{mask}`` drawn by hand; either becomes the
        ``mask_input``. A first point alone is ambiguous: then ``candidates``
        holds all three multimask answers, the best by predicted IoU first, and
        ``candidate`` says which one is given.

        Nothing of a ``preview`` is kept, so that previews, which follow the mouse,
        do not evict the logits that corrections need; it has no token and no
        candidate.
        """
        started = time.perf_counter()
        image_id = read.text(request, "image_id")
        prompt = prompt_from_json(request.get("prompt"))
        answers, version = self._answers(image_id, prompt, self._previous(image_id, request.get("previous")))
        decoded = time.perf_counter()
        if request.get("preview"):
            shown: list[Json] = [{"mask": to_wire(answers[0].mask), "iou": answers[0].iou, "token": None}]
        else:
            shown = [self._shown(image_id, answer) for answer in answers]
        encoded = time.perf_counter()
        return {
            **shown[0],
            "version": version,
            "candidates": shown if len(shown) > 1 else [],
            "candidate": 0,
            "ms": {
                "decode": round(1000 * (decoded - started), 2),
                "encode": round(1000 * (encoded - decoded), 2),
            },
        }

    def predict_boxes(self, request: Json) -> Json:
        """Answer many boxes by one version.

        ``{image_id, boxes}`` → ``{answers, version, ms}``: an answer for each box, in order.
        """
        started = time.perf_counter()
        image_id = read.text(request, "image_id")
        boxes = request.get("boxes") or []
        check_count(len(boxes))
        predictions = self._project.predictions.predict_many(
            image_id, [make_prompt(box=one) for one in boxes]
        )
        version: int | None = None
        shown: list[Json] = []
        encoding = 0.0
        for prediction in predictions:
            version = prediction.version
            before = time.perf_counter()
            shown.append(self._shown(image_id, _answers(prediction)[0]))
            encoding += time.perf_counter() - before
        decoding = time.perf_counter() - started - encoding
        ms = {"decode": round(1000 * decoding, 2), "encode": round(1000 * encoding, 2)}
        return {"answers": shown, "version": version, "ms": ms}

    def _answers(self, image_id: str, prompt: Prompt, logits: Logits | None) -> tuple[Sequence[Answer], int]:
        """Return the decoder's answers, the best first, and its version.

        There are three to an ambiguous prompt, else one. Only a first point alone is ambiguous, as
        segment-anything advises.
        """
        ambiguous = logits is None and prompt.box is None and len(prompt.point_coords) == 1
        asked = Prompt(prompt.box, prompt.point_coords, prompt.point_labels, logits)
        prediction = self._project.predictions.predict(image_id, asked, multimask_output=ambiguous)
        return _answers(prediction), prediction.version

    def _previous(self, image_id: str, previous: Any) -> Logits | None:
        """Return the logits to correct; computed again from mask and prompts where the token is unknown."""
        if not isinstance(previous, Mapping):
            return None
        kept = self._drafts.find(image_id, previous.get("token"))
        if kept is not None:
            return kept
        logits: Logits | None = None
        if previous.get("mask") is not None:
            mask = from_wire(previous["mask"], size=self._project.images.get(image_id).size)
            logits = self._project.predictions.logits_of_mask(mask)
        for step in read.last_steps(previous.get("steps")):
            answers, _ = self._answers(image_id, prompt_from_json(step), logits)
            chosen = read.candidate(step) or 0
            logits = answers[min(chosen, len(answers) - 1)].logits
        return logits

    def _shown(self, image_id: str, answer: Answer) -> Json:
        token = self._drafts.keep(image_id, answer.logits)
        return {"mask": to_wire(answer.mask), "iou": answer.iou, "token": token}


def _answers(prediction: Prediction) -> list[Answer]:
    """Return a prediction's masks as answers, in their order."""
    return [
        Answer(
            mask=mask,
            iou=float(iou),
            logits=prediction.low_res_logits[index : index + 1].astype(np.float32),
        )
        for index, (mask, iou) in enumerate(zip(prediction.masks, prediction.iou_predictions, strict=True))
    ]
