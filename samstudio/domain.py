"""The domain types, frozen, and the errors; they need numpy only.

Every layer uses these types: services return them, the API and the page show
them. Nothing here knows torch, SQLAlchemy or Gradio, or has side effects.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from samstudio.records import JobConfig, JobResult, VersionConfig, VersionScores

Size: TypeAlias = tuple[int, int]
"""(H, W) in pixels, segment-anything's order."""

Box: TypeAlias = tuple[float, float, float, float]
"""XYXY in pixels of the original image; x grows right, y grows down."""

Point: TypeAlias = tuple[float, float]
"""XY in pixels of the original image."""

Rle: TypeAlias = dict[str, Any]
"""COCO run-length encoding: ``{"size": [H, W], "counts": str}``."""

STOCK_VERSION = 0
"""The decoder version that every model has: its stock decoder."""


class StudioError(Exception):
    """A failure whose ``str(error)`` is a sentence that a person can act on, and is shown as it is."""


class InvalidInput(StudioError):
    """An error: the caller's input cannot be used; the message names the input and says why."""


class NotFound(StudioError):
    """An error: nothing has the id that was given."""


class Conflict(StudioError):
    """An error: the request does not fit the present state (a stale revision, a second running job)."""


class StaleAnnotation(Conflict):
    """An error: the annotation ``annotation_id`` was changed since the caller read it."""

    def __init__(self, message: str, *, annotation_id: int) -> None:
        super().__init__(message)
        self.annotation_id = annotation_id


class StaleImage(Conflict):
    """An error: what was to be changed about an image was changed since the caller read it."""


class Unavailable(StudioError):
    """An error: something needed (weights, a device) cannot be had; the message says what was tried."""


class AnnotationStatus(StrEnum):
    """What a person has decided about a mask so far."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class HistoryAction(StrEnum):
    """What was done to an annotation; ``added``: how it came is not known, it is older than histories."""

    ADDED = "added"
    IMPORTED = "imported"
    PROPOSED = "proposed"
    DRAWN = "drawn"
    CORRECTED = "corrected"
    CATEGORY = "category"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DELETED = "deleted"
    RESTORED = "restored"
    REOPENED = "reopened"
    FLAGGED = "flagged"
    UNFLAGGED = "unflagged"
    NOTE = "note"
    IMAGE_DELETED = "image_deleted"
    IMAGE_RESTORED = "image_restored"


class ImageState(StrEnum):
    """Where an image stands. The last two are a person's word; the others follow from its objects.

    ``db/image_facts`` has the rule: "nothing here" holds while no object is accepted.
    """

    TODO = "todo"
    """Nothing on it is accepted yet."""
    IN_PROGRESS = "in_progress"
    DONE = "done"
    NOTHING = "nothing"
    """A person looked, and there is nothing to annotate on it."""


class Use(StrEnum):
    """What tuning may use an image for."""

    LEARN = "learn"
    """Models are trained on it; those that were not are judged on it."""
    JUDGE = "judge"
    """Every model is judged on it, and none is trained on it."""
    TEST = "test"
    """Kept aside: no tuning looks at it."""


class JobStatus(StrEnum):
    """The states of a tuning job."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def finished(self) -> bool:
        """Whether the job will never change again."""
        return self in (JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELLED)


@dataclass(frozen=True, eq=False)
class Prompt:
    """What a person marked on an image, under segment-anything's own names.

    ``box``: XYXY pixels. ``point_coords``: XY pixels, with ``point_labels``
    1 foreground, 0 background. ``mask_input``: float32 1x256x256 logits of a
    previous prediction. All coordinates are in the original image.
    """

    box: Box | None = None
    point_coords: tuple[Point, ...] = ()
    point_labels: tuple[int, ...] = ()
    mask_input: NDArray[np.float32] | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the prompt as it is logged: all but the logits, whose presence is noted."""
        return {
            "box": list(self.box) if self.box is not None else None,
            "point_coords": [list(point) for point in self.point_coords],
            "point_labels": list(self.point_labels),
            "has_mask_input": self.mask_input is not None,
        }


@dataclass(frozen=True, eq=False)
class Embedding:
    """An image encoder's output: ``features`` float16 256x64x64.

    ``original_size``: (H, W) of the image. ``input_size``: (H, W) of the resized image in
    the decoder's frame of 1024.
    """

    features: NDArray[np.float16]
    original_size: Size
    input_size: Size

    @property
    def nbytes(self) -> int:
        """Memory of the features, in bytes."""
        return int(self.features.nbytes)


@dataclass(frozen=True, eq=False)
class Prediction:
    """The answer of a decoder version to one prompt.

    ``masks``: bool CxHxW at the original resolution. ``iou_predictions``:
    float32 C. ``low_res_logits``: float32 Cx256x256, usable as the next
    prompt's ``mask_input`` (one of the C). ``version``: the decoder's number.
    """

    masks: NDArray[np.bool_]
    iou_predictions: NDArray[np.float32]
    low_res_logits: NDArray[np.float32]
    version: int


@dataclass(frozen=True)
class PixelSize:
    """How long the sides of a pixel are, in ``unit``: nm, um, mm, cm or m."""

    width: float
    height: float
    unit: str

    def to_json(self) -> dict[str, Any]:
        """Return the size as JSON holds it."""
        return {"width": self.width, "height": self.height, "unit": self.unit}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any] | None) -> PixelSize | None:
        """Return the size that `to_json` gave; None for none."""
        return cls(**stored) if stored else None


@dataclass(frozen=True)
class Image:
    """An uploaded image; ``id`` is the sha256 of its decoded, EXIF-oriented pixels."""

    id: str
    filename: str
    width: int
    height: int
    source_format: str
    created_at: datetime
    group: str | None = None
    """Images of one group (crops of one scene) are never split between training and validation."""
    pixel_size: PixelSize | None = None
    """As a person set it for this image, else as its file says; None: that of the dataset."""
    mark: str | None = None
    """What a person said of where it stands: `ImageState.DONE`, `ImageState.NOTHING`, or nothing yet."""
    note: str = ""
    flagged: bool = False
    """Whether the image itself needs a second look; its objects have flags of their own."""

    @property
    def size(self) -> Size:
        """(H, W) in pixels."""
        return (self.height, self.width)


@dataclass(frozen=True)
class Category:
    """The class of an object (COCO's term is category); ``color`` is ``#rrggbb``.

    ``number`` is the id that it had in the dataset it came from, which exports
    keep; None where it came with none. ``supercategory`` is COCO's, empty for none.
    """

    id: int
    name: str
    color: str
    number: int | None = None
    supercategory: str = ""
    description: str = ""


@dataclass(frozen=True)
class Annotation:
    """An object's mask on one image, and how it was made.

    ``box`` is the tight XYXY box of the mask, ``area`` its foreground, in pixels.
    ``prompts`` are the logged prompts in order. ``proposed_by`` is the decoder version
    that proposed the mask (None: imported or drawn by hand); ``proposed_rle`` is what it
    proposed, kept when a person corrected it. ``revision`` rises with each
    change, for optimistic locking. ``client_id`` is the name that the caller
    gave the request that created it. ``rank``: an image's objects are ordered by
    it, or by their id where it is None; a later one is drawn on top. ``note``: what a person
    wrote about it. ``flagged``: whether it needs a second look. ``author``: the last person with a
    name who made, changed or decided on it.
    """

    id: int
    image_id: str
    category: Category
    rle: Rle
    box: Box
    area: int
    status: AnnotationStatus
    prompts: tuple[Mapping[str, Any], ...]
    proposed_by: int | None
    proposed_rle: Rle | None
    predicted_iou: float | None
    revision: int
    created_at: datetime
    updated_at: datetime
    client_id: str | None = None
    rank: float | None = None
    note: str = ""
    flagged: bool = False
    author: str | None = None

    @property
    def corrected(self) -> bool:
        """Whether a person changed a decoder's proposal; a mask drawn by hand is not a correction."""
        return (
            self.proposed_by is not None and self.proposed_rle is not None and self.proposed_rle != self.rle
        )


@dataclass(frozen=True)
class NewAnnotation:
    """An annotation to be stored; see `Annotation` for the fields.

    With a ``client_id``, storing it twice has no effect the second time. ``source``: what it is imported
    from. ``author``: who made it, empty for nobody; None: who sends it. ``decided_at``: when, where not now.
    """

    image_id: str
    category: str
    rle: Rle
    status: AnnotationStatus = AnnotationStatus.ACCEPTED
    prompts: tuple[Mapping[str, Any], ...] = ()
    proposed_by: int | None = None
    proposed_rle: Rle | None = None
    predicted_iou: float | None = None
    client_id: str | None = None
    source: str = ""
    author: str | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True)
class HistoryEntry:
    """What was done to an annotation at once, in one write.

    ``at``: when it was stored; ``decided_at``: when it was decided, where it was stored only later.
    ``author``: the name of who did it; None where nobody gave one. ``version``: the decoder version
    that proposed the mask. ``source``: what it was imported from. ``category``: the new one's name then.
    """

    at: datetime
    actions: tuple[HistoryAction, ...]
    author: str | None = None
    version: int | None = None
    source: str | None = None
    category: str | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True)
class AnnotationChange:
    """The annotations that one change affected, each list in the order of the request."""

    added: tuple[Annotation, ...] = ()
    removed: tuple[Annotation, ...] = ()
    restored: tuple[Annotation, ...] = ()


@dataclass(frozen=True)
class DecoderVersion:
    """An immutable decoder; number 0 is stock, and numbers are never reused.

    ``scores``: what the gate measured. ``config``: how it was made. ``reason``
    says in plain words why it was promoted or not.
    """

    number: int
    model: str
    parent: int | None
    job_id: int | None
    path: str | None
    sha256: str | None
    created_at: datetime
    promoted: bool
    reason: str
    scores: VersionScores = field(default_factory=VersionScores)
    config: VersionConfig = field(default_factory=VersionConfig)
    dataset_digest: str | None = None
    annotation_ids: tuple[int, ...] = ()


@dataclass(frozen=True)
class LiveVersion:
    """The version that the alias ``live`` names, and when the alias last moved."""

    number: int
    moved_at: datetime | None


@dataclass(frozen=True)
class JobPoint:
    """A point of a job's curves; ``seconds`` since the job started."""

    step: int
    loss: float | None
    val_miou: float | None
    seconds: float


@dataclass(frozen=True)
class Job:
    """A tuning job."""

    id: int
    status: JobStatus
    config: JobConfig
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    heartbeat_at: datetime | None
    phase: str
    step: int
    total_steps: int
    seconds_left: float | None
    cancel_requested: bool
    reason: str
    """Why it failed, or the gate's verdict; empty until the job is finished."""
    result: JobResult | None
    """The line ``tune --json`` prints; None until the job succeeded."""
    worker: str | None
    """``host:pid`` of the process that claimed it."""

    @property
    def progress(self) -> float:
        """Fraction done, 0 to 1."""
        if self.status is JobStatus.SUCCEEDED:
            return 1.0
        return min(1.0, self.step / self.total_steps) if self.total_steps else 0.0

    @property
    def code(self) -> str | None:
        """The gate's verdict as a code; None before there is one, and for jobs of earlier releases."""
        return self.result.code if self.result else None

    @property
    def params(self) -> Mapping[str, Any] | None:
        """The numbers that belong to the code."""
        return self.result.params if self.result else None


@dataclass(frozen=True)
class Example:
    """An accepted object as tuning and evaluation use it: an image id, its group and a mask.

    ``size``: the image's (H, W) in pixels; None where only its embedding says. ``judged_only``: no model
    may be trained on it.
    """

    image_id: str
    rle: Rle
    annotation_id: int | None = None
    group: str | None = None
    prompts: tuple[Mapping[str, Any], ...] = ()
    size: Size | None = None
    judged_only: bool = False


class AcceptedObject(NamedTuple):
    """An accepted object without its mask: what tells of it in a dataset of any size."""

    annotation_id: int
    image_id: str
    group: str
    """The unit that is not split between training and validation: the image's group, or the image."""
    use: Use = Use.LEARN
