"""The outcome of a tuning job: the candidate, its evaluation, and the record of how it was made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from samstudio.records import VersionConfig, VersionScores
from samstudio.tuning.gate import Differences, Verdict, sentence
from samstudio.tuning.trainer import State


@dataclass(frozen=True)
class JudgedObject:
    """A held-out object's IoU under stock, the live version and the candidate."""

    image_id: str
    annotation_id: int | None
    base: float
    live: float
    candidate: float


@dataclass(frozen=True, eq=False)
class TuneOutcome:
    """The outcome of a tuning job.

    ``state``: the candidate's mask decoder weights, also when it was not
    promoted (it is stored all the same). The mIoUs are None when nothing could be
    held out. ``n_train`` and ``n_val`` count objects; cross-fitting trains on
    all of them and evaluates all of them, never both with one model. ``points``:
    (step, loss, val_miou, seconds). ``differences``: what the strength was chosen by.
    """

    state: State
    verdict: Verdict
    base_miou: float | None
    live_miou: float | None
    candidate_miou: float | None
    n_train: int
    n_val: int
    seconds: float
    scores: VersionScores = field(default_factory=VersionScores)
    objects: tuple[JudgedObject, ...] = ()
    points: tuple[tuple[int, float | None, float | None, float], ...] = ()
    config: VersionConfig = field(default_factory=VersionConfig)
    differences: Mapping[float, Differences] = field(default_factory=dict)

    @property
    def promote(self) -> bool:
        """Whether the gate promotes the candidate."""
        return self.verdict.promote

    @property
    def reason(self) -> str:
        """The verdict in an English sentence."""
        return sentence(self.verdict)
