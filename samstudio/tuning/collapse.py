"""Whether a decoder still answers its prompts: a look at its answers, beside stock's to the same prompts.

A decoder that learned from nonsense may score well on nonsense. What gives it away is how it answers:
outside of its box, the same to different boxes, with nothing, with the whole image; or as well where it is
shown another image in place of the object's. Stock is asked the same prompts, because odd objects (thin
cracks, fields) get odd answers from any decoder. Not here: how good the answers are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from samstudio.domain import Box, Prompt, Size
from samstudio.masks import Mask, iou
from samstudio.sam.decoder import SamDecoder
from samstudio.sam.geometry import LONG_SIDE, LOW_RES, scale_coords
from samstudio.tuning.data.prompts import first_click, tight_box
from samstudio.tuning.data.samples import EmbeddingOf, Sample, by_image
from samstudio.tuning.data.splits import spread
from samstudio.tuning.evaluation import CHUNK, low_res_answers

OWN, EVERYDAY, ELSEWHERE, CLICK, SWAPPED = "own", "everyday", "elsewhere", "click", "swapped"

MOST_OWN, MOST_EVERYDAY, MOST_ELSEWHERE, MOST_CLICKED = 16, 12, 12, 8
"""Prompts of each kind; clicks are on so many own and so many everyday objects."""

MOST_JUDGED = 16
"""Objects that show what the image is worth."""

MOST_PROMPTS = MOST_OWN + MOST_EVERYDAY + MOST_ELSEWHERE + 2 * MOST_CLICKED

CELL = LONG_SIDE // LOW_RES

MARGIN = 0.25
"""An answer may leave its box by this fraction of the box's sides."""

SAME = 0.5
"""Two answers whose IoU is larger are the same."""

WHOLE = 0.95
"""An answer that covers more of its image is the whole image."""

SMALLEST, LARGEST = 1 / 16, 1 / 3
"""Sides of a box that was moved, as fractions of the image's."""

PLACES = 6
"""Along each side of the image, so many places are tried for it."""

MOST_IGNORED = 0.4
"""A candidate that ignores this share of the prompts more than stock has collapsed."""

LEAST_WORTH = 0.02
"""So has one that fits its objects better by less IoU than this on their own images than on others."""

FEWEST_JUDGED = 5
"""Of fewer objects that is not believed."""


@dataclass(frozen=True)
class Collapse:
    """How a candidate answers, beside stock, to the same prompts.

    ``prompts``: how many were asked. ``ignored``: answers that do not fit their prompt (see `ignored`).
    ``worth``: how much more IoU the right image gives than another one (see `image_gains`), the mean of
    ``objects``, with its standard error; 0 where there is no other image.
    """

    prompts: int
    ignored: int
    ignored_by_stock: int
    objects: int = 0
    worth: float = 0.0
    worth_error: float = 0.0

    @property
    def ignores(self) -> bool:
        """Whether many more prompts were ignored than by stock."""
        return self.ignored - self.ignored_by_stock > MOST_IGNORED * self.prompts

    @property
    def blind(self) -> bool:
        """Whether it answers as well without seeing the object."""
        return self.objects >= FEWEST_JUDGED and self.worth + self.worth_error < LEAST_WORTH

    @property
    def is_collapse(self) -> bool:
        """Whether the candidate no longer answers its prompts."""
        return self.ignores or self.blind

    def to_params(self) -> dict[str, Any]:
        """Return the numbers as JSON; ``blind`` says that not the ignored prompts decide."""
        return {**asdict(self), "blind": not self.ignores}


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


Judges = Sequence[tuple[SamDecoder, Sequence[Sample]]]
"""Decoders, each with objects that it did not learn from."""


def measure_collapse(
    stock: SamDecoder,
    candidate: SamDecoder,
    samples: Sequence[Sample],
    everyday: Sequence[Sample],
    embedding: EmbeddingOf,
    *,
    judges: Judges = (),
) -> Collapse:
    """Ask two decoders the same prompts, `MOST_PROMPTS` at most, and compare how they answer.

    Args:
        stock: The model's own decoder.
        candidate: The decoder that was tuned.
        samples: The accepted objects.
        everyday: Objects of other images; there may be none.
        embedding: Reads an image's stored embedding, float16 256x64x64.
        judges: Show what the image is worth: what they learned by heart does not count.
    """
    probes = make_probes(samples, everyday)
    before, after = answers_to(probes, stock, embedding), answers_to(probes, candidate, embedding)
    gains = np.concatenate(
        [np.zeros(0), *(image_gains(decoder, own, samples, embedding) for decoder, own in judges)]
    )
    return Collapse(
        prompts=len(probes),
        ignored=int(np.count_nonzero(ignored(probes, after))),
        ignored_by_stock=int(np.count_nonzero(ignored(probes, before))),
        objects=len(gains),
        worth=float(gains.mean()) if len(gains) else 0.0,
        worth_error=float(gains.std(ddof=1) / np.sqrt(len(gains))) if len(gains) > 1 else 0.0,
    )


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
    free = [box for box in places if not any(_meet(box, other) for other in taken)]
    return free[7 * turn % len(free)] if free else None


def _meet(one: Box, other: Box) -> bool:
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


def ignored(probes: Sequence[Probe], answers: Sequence[Mask]) -> NDArray[np.bool_]:
    """Tell which answers do not fit their prompt, bool N.

    A box was ignored where most of the answer lies outside of it, where the answer is that to another box
    which it does not meet, and, on an object, where there is no answer. A click was ignored where the
    answer does not reach it, or is the whole image.
    """
    found = np.array(
        [
            _misses_click(probe, answer) if probe.kind == CLICK else _misses_box(probe, answer)
            for probe, answer in zip(probes, answers, strict=True)
        ],
        np.bool_,
    )
    boxed = [row for row, probe in enumerate(probes) if probe.kind != CLICK]
    for one, other in combinations(boxed, 2):
        if probes[one].sample.image_id != probes[other].sample.image_id:
            continue
        if not _meet(probes[one].cells, probes[other].cells) and _same(answers[one], answers[other]):
            found[[one, other]] = True
    return found


def _same(one: Mask, other: Mask) -> bool:
    return bool(one.any()) and iou(one, other) > SAME


def _misses_box(probe: Probe, answer: Mask) -> bool:
    if not answer.any():
        return probe.kind != ELSEWHERE
    x0, y0, x1, y1 = probe.cells
    across, down = MARGIN * (x1 - x0) + 1, MARGIN * (y1 - y0) + 1
    rows = slice(max(0, round(y0 - down)), round(y1 + down) + 1)
    columns = slice(max(0, round(x0 - across)), round(x1 + across) + 1)
    return bool(np.count_nonzero(answer[rows, columns]) < np.count_nonzero(answer) / 2)


def _misses_click(probe: Probe, answer: Mask) -> bool:
    if answer.mean() > WHOLE:
        return True
    column, row = (scale_coords(probe.prompt.point_coords, probe.sample.size)[0] / CELL).astype(int)
    near = answer[max(0, row - 1) : row + 2, max(0, column - 1) : column + 2]
    return not near.any()


def image_gains(
    decoder: SamDecoder, own: Sequence[Sample], samples: Sequence[Sample], embedding: EmbeddingOf
) -> NDArray[np.float64]:
    """Return what the right image is worth to an answer, in IoU with the accepted mask, within the box.

    Each object's box is also laid on the next image, and that answer is compared with the same mask. Who
    answers with the shape that masks usually have in their box, and does not look, gains nothing.

    Args:
        decoder: The decoder to ask.
        own: N objects that it did not learn from.
        samples: Objects of several images; those give the other images.
        embedding: Reads an image's stored embedding, float16 256x64x64.

    Returns:
        The differences of IoU, float64 N; none where there is one image only.
    """
    images = by_image(samples)
    ids = list(images)
    if len(ids) < 2:
        return np.zeros(0)
    right = [Probe(OWN, sample, tight_box(sample)) for sample in own]
    wrong = [_moved_to(images[ids[(ids.index(one.image_id) + 1) % len(ids)]][0], one) for one in own]
    answers = answers_to([*right, *wrong], decoder, embedding)
    gains = [
        _fit(probe, answers[row], probe) - _fit(wrong[row], answers[len(own) + row], probe)
        for row, probe in enumerate(right)
    ]
    return np.array(gains, np.float64)


def _moved_to(there: Sample, sample: Sample) -> Probe:
    """Return the box of a sample as a prompt on the image of another, at the same place in it."""
    down, across = there.size[0] / sample.size[0], there.size[1] / sample.size[1]
    x0, y0, x1, y1 = sample.box
    return Probe(SWAPPED, there, Prompt(box=(x0 * across, y0 * down, x1 * across, y1 * down)))


def _fit(probe: Probe, answer: Mask, to: Probe) -> float:
    """Return the IoU of an answer with the mask of ``to``, each within its box, in the cells of that."""
    height, width = to.sample.region
    x0, y0, x1, y1 = to.cells
    grid = (max(1, round(y1 - y0) + 1), max(1, round(x1 - x0) + 1))
    mask = _within(to, to.sample.target()[:height, :width] > 0, grid)
    return iou(_within(probe, answer, grid), mask)


def _within(probe: Probe, mask: Mask, grid: Size) -> Mask:
    """Return the part of a mask within a prompt's box, resampled to a grid of (rows, columns)."""
    x0, y0, x1, y1 = probe.cells
    rows = y0 + (np.arange(grid[0]) + 0.5) / grid[0] * (y1 - y0)
    columns = x0 + (np.arange(grid[1]) + 0.5) / grid[1] * (x1 - x0)
    inside = np.ix_(
        np.clip(rows, 0, mask.shape[0] - 1).astype(int), np.clip(columns, 0, mask.shape[1] - 1).astype(int)
    )
    found: Mask = mask[inside]
    return found
