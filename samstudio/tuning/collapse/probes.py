"""The prompts that stock and a candidate are asked, and their answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from samstudio.domain import Box, Prompt, Size
from samstudio.masks import Mask
from samstudio.sam.decoder import SamDecoder
from samstudio.sam.geometry import LONG_SIDE, LOW_RES, scale_coords
from samstudio.tuning.data.prompts import first_click, tight_box
from samstudio.tuning.data.samples import EmbeddingOf, Sample, by_image
from samstudio.tuning.data.splits import spread
from samstudio.tuning.evaluation import CHUNK, low_res_answers

OWN, EVERYDAY, ELSEWHERE, CLICK, SWAPPED = "own", "everyday", "elsewhere", "click", "swapped"

MOST_OWN, MOST_EVERYDAY, MOST_ELSEWHERE, MOST_CLICKED = 16, 12, 12, 8
"""Prompts of each kind; clicks are on so many own and so many everyday objects."""

MOST_PROMPTS = MOST_OWN + MOST_EVERYDAY + MOST_ELSEWHERE + 2 * MOST_CLICKED

CELL = LONG_SIDE // LOW_RES

SMALLEST, LARGEST = 1 / 16, 1 / 3
"""Sides of a box that was moved, as fractions of the image's."""

PLACES = 6
"""Along each side of the image, so many places are tried for it."""


@dataclass(frozen=True, eq=False)
class Probe:
    """A prompt, of a kind, on the image of ``sample``."""

    kind: str
    sample: Sample
    prompt: Prompt

    @property
    def cells(self) -> Box:
        """The prompt's box in cells of the low-res frame, XYXY; of a click, nothing."""
        corners = scale_coords(np.reshape(self.prompt.box or (0, 0, 0, 0), (2, 2)), self.sample.size) / CELL
        x0, y0, x1, y1 = corners.reshape(4).tolist()
        return (x0, y0, x1, y1)


def make_probes(samples: Sequence[Sample], everyday: Sequence[Sample]) -> list[Probe]:
    """Return the prompts: tight boxes, boxes moved away from every object of their image, and clicks."""
    own, other = _spread(samples, MOST_OWN), _spread(everyday, MOST_EVERYDAY)
    clicked = [*_spread(own, MOST_CLICKED), *_spread(other, MOST_CLICKED)]
    return [
        *(Probe(OWN, sample, tight_box(sample)) for sample in own),
        *(Probe(EVERYDAY, sample, tight_box(sample)) for sample in other),
        *_elsewhere(own, by_image(samples)),
        *(Probe(CLICK, sample, first_click(sample)) for sample in clicked),
    ]


def _spread(samples: Sequence[Sample], most: int) -> list[Sample]:
    return spread(samples, most, rng=np.random.default_rng(0))


def _elsewhere(own: Sequence[Sample], images: Mapping[str, Sequence[Sample]]) -> list[Probe]:
    """Return boxes of the objects' sizes, within bounds, where no object is."""
    found: list[Probe] = []
    for sample in own:
        height, width = sample.size
        x0, y0, x1, y1 = sample.box
        wide = min(max(x1 - x0, width * SMALLEST), width * LARGEST)
        high = min(max(y1 - y0, height * SMALLEST), height * LARGEST)
        box = _free_place(sample.size, (wide, high), [one.box for one in images[sample.image_id]], len(found))
        if box is not None:
            found.append(Probe(ELSEWHERE, sample, Prompt(box=box)))
    return found[:MOST_ELSEWHERE]


def _free_place(size: Size, sides: tuple[float, float], taken: Sequence[Box], turn: int) -> Box | None:
    """Return a box of these (width, height) that meets none of ``taken``; ``turn`` picks one of several."""
    wide, high = sides
    places = [
        (x, y, x + wide, y + high)
        for y in np.linspace(0, size[0] - 1 - high, PLACES).tolist()
        for x in np.linspace(0, size[1] - 1 - wide, PLACES).tolist()
    ]
    free = [box for box in places if not any(meet(box, other) for other in taken)]
    return free[7 * turn % len(free)] if free else None


def meet(one: Box, other: Box) -> bool:
    """Tell whether two boxes share a point of their inside."""
    across = min(one[2], other[2]) > max(one[0], other[0])
    return across and min(one[3], other[3]) > max(one[1], other[1])


def answers_to(probes: Sequence[Probe], decoder: SamDecoder, embedding: EmbeddingOf) -> list[Mask]:
    """Return a decoder's answers, each bool hxw: the part of the low-res frame that is image."""
    answers: dict[int, Mask] = {}
    by_picture: dict[str, list[Probe]] = {}
    for probe in probes:
        by_picture.setdefault(probe.sample.image_id, []).append(probe)
    for image_id, all_of_it in by_picture.items():
        features = torch.from_numpy(embedding(image_id).features).to(decoder.device).float()[None]
        for start in range(0, len(all_of_it), CHUNK):
            chunk = all_of_it[start : start + CHUNK]
            samples, prompts = [one.sample for one in chunk], [one.prompt for one in chunk]
            logits = low_res_answers(decoder, features, samples, prompts).numpy()
            height, width = chunk[0].sample.region
            answers |= {id(one): plane[:height, :width] > 0 for one, plane in zip(chunk, logits, strict=True)}
    return [answers[id(probe)] for probe in probes]
