"""Figures by `samstudio.plots` of an object, of what versions answer to its box, and of a job's curves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from samstudio.domain import Annotation, Prompt
from samstudio.masks import decode_rle
from samstudio.services.annotations import AnnotationService
from samstudio.services.images import ImageService
from samstudio.services.jobs import JobService

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from samstudio.services.predictions import PredictionService


class PlotService:
    """The figures of what is stored; ``predictions`` is called only when decoders are compared."""

    def __init__(
        self,
        *,
        images: ImageService,
        annotations: AnnotationService,
        jobs: JobService,
        predictions: Callable[[], PredictionService],
    ) -> None:
        self._images = images
        self._annotations = annotations
        self._jobs = jobs
        self._predictions = predictions

    def object(self, annotation_id: int) -> Figure:
        """Plot an annotation's image with its mask and its box.

        Raises:
            NotFound: There is no such annotation.
        """
        from samstudio.plots import plot_object

        one = self._annotations.get(annotation_id)
        pixels = self._images.pixels(one.image_id)
        return plot_object(pixels, decode_rle(one.rle), one.box, title=self._title(one))

    def comparison(self, annotation_id: int, versions: Sequence[int]) -> Figure:
        """Plot what versions answer to an annotation's box, beside its mask.

        Raises:
            NotFound: There is no such annotation or version.
            Unavailable: The model or the image's file cannot be had.
        """
        from samstudio.plots import plot_comparison

        one = self._annotations.get(annotation_id)
        prompt = Prompt(box=one.box)
        answers = [
            (_name(number), self._predictions().predict(one.image_id, prompt, version=number).masks[0])
            for number in versions
        ]
        pixels = self._images.pixels(one.image_id)
        return plot_comparison(pixels, decode_rle(one.rle), one.box, answers, title=self._title(one))

    def curves(self, job_id: int) -> Figure:
        """Plot a tuning job's loss and held-out mIoU.

        Raises:
            NotFound: There is no such job.
        """
        from samstudio.plots import plot_curves

        job = self._jobs.get(job_id)
        points = self._jobs.points(job_id)
        return plot_curves(
            [(point.step, point.loss) for point in points if point.loss is not None],
            [(point.step, point.val_miou) for point in points if point.val_miou is not None],
            base_miou=job.result.base_miou if job.result else None,
            title=f"job {job_id}",
        )

    def _title(self, one: Annotation) -> str:
        return f"{one.category.name} {one.id} · {self._images.get(one.image_id).filename}"


def _name(number: int) -> str:
    return "stock" if number == 0 else f"version {number}"
