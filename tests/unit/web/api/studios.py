"""A real studio over a temporary folder, with fakes at its edges: no model, no worker process, no weights.

Its "decoder" answers a box with that box, filled; a point alone with a square
round it; several answers are that shape, a smaller and a larger one, in that
order, the second being the best by predicted IoU.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from samstudio.config import Settings
from samstudio.domain import DecoderVersion, Embedding, InvalidInput, Prediction, Prompt
from samstudio.engine import Engine
from samstudio.project import Project
from samstudio.services.comparison import ComparingService
from samstudio.services.jobs import JobService
from samstudio.services.predictions import PredictionService
from samstudio.services.versions import VersionService
from tests.unit.services.comparison.sides import ShareDecoders


class Encodings:
    """An embedding store in memory."""

    def __init__(self) -> None:
        self.known: dict[str, Embedding] = {}

    def get(self, image_id: str, pixels: Callable[[], NDArray[np.uint8]]) -> Embedding:
        if image_id not in self.known:
            height, width = pixels().shape[:2]
            features = np.zeros((256, 64, 64), np.float16)
            self.known[image_id] = Embedding(features, (height, width), (height, width))
        return self.known[image_id]

    def has(self, image_id: str) -> bool:
        return image_id in self.known


class Boxes:
    """A predictor that answers with rectangles."""

    def __init__(self, versions: VersionService) -> None:
        self._versions = versions
        self.asked: list[Prompt] = []

    def predict(
        self,
        embedding: Embedding,
        prompts: Sequence[Prompt],
        *,
        version: int | None = None,
        multimask_output: bool = False,
    ) -> list[Prediction]:
        number = self._versions.live().number if version is None else self._versions.get(version).number
        self.asked += prompts
        return [self._answer(one, embedding.original_size, number, multimask_output) for one in prompts]

    def _answer(self, prompt: Prompt, size: tuple[int, int], number: int, several: bool) -> Prediction:
        grown = (0, -1, 2) if several else (0,)
        masks = np.stack([_filled(prompt, size, by) for by in grown])
        scores = np.array((0.5, 0.9, 0.7)[: len(grown)], np.float32)
        logits = np.stack([np.full((256, 256), index, np.float32) for index in range(len(grown))])
        return Prediction(masks, scores, logits, number)


def _filled(prompt: Prompt, size: tuple[int, int], by: int) -> NDArray[np.bool_]:
    mask = np.zeros(size, bool)
    if prompt.box is not None:
        x0, y0, x1, y1 = (int(side) for side in prompt.box)
    elif prompt.point_coords:
        x, y = (int(part) for part in prompt.point_coords[0])
        x0, y0, x1, y1 = x - 3, y - 3, x + 3, y + 3
    else:
        x0, y0, x1, y1 = 1, 1, size[1] - 1, size[0] - 1
    mask[max(0, y0 - by) : y1 + by, max(0, x0 - by) : x1 + by] = True
    return mask


class NoRunner:
    """Launches nothing: a job stays queued until the test moves it on."""

    def launch(self, job_id: int) -> None:
        pass


class Transfer:
    """Writes a version's number where its weights would be, and imports any file that says ``decoder``."""

    def __init__(self, versions: VersionService) -> None:
        self._versions = versions

    def export_version(self, number: int | None, name: str, path: Path) -> Any:
        version = self._versions.get(self._versions.live().number if number is None else number)
        path.write_bytes(f"{name} of {version.number}".encode())
        return SimpleNamespace(path=path, model="vit_t", version=version.number, format=name)

    def import_version(self, path: Path, *, reason: str = "") -> DecoderVersion:
        data = path.read_bytes()
        if not data.startswith(b"decoder"):
            raise InvalidInput(f"{path.name} holds no mask decoder")
        return self._versions.create(
            write=lambda beside: beside.write_bytes(data), reason=f"imported from {path.name}: {reason}"
        )


class EdgelessStudio(Project):
    """A studio whose database and files are real, and whose model, workers and weights are not."""

    @cached_property
    def boxes(self) -> Boxes:
        return Boxes(self.versions)

    @cached_property
    def predictions(self) -> PredictionService:
        return PredictionService(images=self.images, embeddings=Encodings(), predictor=self.boxes)

    @cached_property
    def jobs(self) -> JobService:
        return JobService(
            database=self._database, runner=NoRunner(), stale_seconds=self.settings.job_stale_seconds
        )

    @cached_property
    def comparing(self) -> ComparingService:
        return ComparingService(
            annotations=self.annotations,
            images=self.images,
            versions=self.versions,
            jobs=self.jobs,
            decoders=ShareDecoders(),
        )

    @cached_property
    def transfer(self) -> Any:
        return Transfer(self.versions)

    def make_version(self, *, promote: bool = False) -> int:
        """The next version, of a file that holds nothing."""
        return self.versions.create(
            write=lambda path: path.write_bytes(b"weights"), reason="better", promote=promote
        ).number


def open_edgeless(storage: Path, **settings: Any) -> EdgelessStudio:
    """Such a studio over a folder."""
    chosen = Settings(storage=storage, job_stale_seconds=3600, **settings)
    return EdgelessStudio(chosen, engine=Engine(chosen))
