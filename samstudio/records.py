"""The JSON that versions and jobs store, as frozen types; needs the standard library only.

Databases may be old: a key may be missing, of another type, or unknown here. What is not understood
is kept in ``other`` and written back unchanged. Names in JSON are never changed; where a field has
a better name today, its class says the key in JSON.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]


class _Reader:
    """A reader that takes values of the expected type out of a JSON object; ``rest`` is what is left."""

    def __init__(self, data: Mapping[str, Any] | None) -> None:
        self.rest: Json = dict(data or {})

    def _take(self, key: str, *kinds: type) -> Any:
        value = self.rest.get(key)
        if value is None or not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            return None
        return self.rest.pop(key)

    def number(self, key: str) -> float | None:
        """Take a number."""
        value: float | None = self._take(key, int, float)
        return value

    def integer(self, key: str) -> int | None:
        """Take a whole number."""
        value: int | None = self._take(key, int)
        return value

    def flag(self, key: str) -> bool | None:
        """Take true or false."""
        value: bool | None = self._take(key, bool)
        return value

    def text(self, key: str) -> str | None:
        """Take a string."""
        value: str | None = self._take(key, str)
        return value

    def mapping(self, key: str) -> Json | None:
        """Take an object."""
        value: Json | None = self._take(key, dict)
        return value

    def sequence(self, key: str) -> list[Any] | None:
        """Take an array."""
        value: list[Any] | None = self._take(key, list)
        return value

    def forget_nulls(self, *keys: str) -> Mapping[str, Any]:
        """Return the rest without the nulls of these keys, which their fields say already."""
        return {key: value for key, value in self.rest.items() if value is not None or key not in keys}


def _known(values: Mapping[str, Any]) -> Json:
    return {key: value for key, value in values.items() if value is not None}


@dataclass(frozen=True)
class Compared:
    """A measure of stock (``base``), of the version that was live, and of the candidate."""

    base: float | None = None
    live: float | None = None
    candidate: float | None = None
    other: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> Compared:
        """Read what `to_json` wrote."""
        read = _Reader(data)
        return cls(read.number("base"), read.number("live"), read.number("candidate"), read.rest)

    def to_json(self) -> Json:
        """Return the JSON object."""
        return {**_known({"base": self.base, "live": self.live, "candidate": self.candidate}), **self.other}


EFFORT = ("clicks90", "corrected_pixels", "loose_clicks90", "no_click", "failed")
"""The measures of annotation effort."""


@dataclass(frozen=True)
class EffortScores:
    """Annotation effort on ``objects`` objects: clicks after the box until IoU 0.90, and wrong pixels.

    ``loose_clicks90``: the clicks where they are beside the middle of what is wrong. ``no_click`` and
    ``failed``: shares of the objects that need none, and that five do not settle. The last three are None
    in versions of earlier releases.
    """

    objects: int | None = None
    clicks90: Compared | None = None
    corrected_pixels: Compared | None = None
    loose_clicks90: Compared | None = None
    no_click: Compared | None = None
    failed: Compared | None = None
    other: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> EffortScores:
        """Read what `to_json` wrote."""
        read = _Reader(data)
        found = {name: read.mapping(name) for name in EFFORT}
        measures = {name: Compared.from_json(by) for name, by in found.items() if by is not None}
        return cls(objects=read.integer("objects"), **measures, other=read.rest)

    def to_json(self) -> Json:
        """Return the JSON object."""
        measures: dict[str, Compared | None] = {name: getattr(self, name) for name in EFFORT}
        written = {name: one.to_json() for name, one in measures.items() if one is not None}
        return {**_known({"objects": self.objects}), **written, **self.other}


@dataclass(frozen=True)
class ObjectIou:
    """The IoU, 0 to 1, that a decoder got on one annotated object."""

    annotation_id: int | None = None
    image_id: str | None = None
    iou: float | None = None
    other: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> ObjectIou:
        """Read what an evaluation's row holds of an object."""
        read = _Reader(data)
        return cls(read.integer("annotation_id"), read.text("image_id"), read.number("iou"), read.rest)

    def to_json(self) -> Json:
        """Return the JSON object that an evaluation's row holds of an object."""
        given = {"annotation_id": self.annotation_id, "image_id": self.image_id, "iou": self.iou}
        return {**_known(given), **self.other}


GATE_NUMBERS = ("base_miou", "live_miou", "candidate_miou", "n_train", "n_val")
"""Written with every tuned version, null where nothing could be evaluated."""


@dataclass(frozen=True)
class VersionScores:
    """The gate's measurements of a version.

    The mIoUs are on held-out objects; None where nothing was evaluated. ``by_strength``: mIoU of the
    models by strength, ``strength`` the chosen one. ``protocols``: mIoU under other prompts.
    ``effort``: under the key ``labour``. ``code`` and ``params``: the gate's verdict; None in versions
    of earlier releases.
    """

    base_miou: float | None = None
    live_miou: float | None = None
    candidate_miou: float | None = None
    n_train: int | None = None
    n_val: int | None = None
    strength: float | None = None
    by_strength: Mapping[float, float] = field(default_factory=dict)
    protocols: Mapping[str, Compared] = field(default_factory=dict)
    effort: EffortScores | None = None
    skipped: tuple[str, ...] | None = None
    code: str | None = None
    params: Mapping[str, Any] | None = None
    other: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> VersionScores:
        """Read what a version's row holds."""
        read = _Reader(data)
        protocols = read.mapping("protocols") or {}
        effort = read.mapping("effort" if "effort" in read.rest else "labour")
        skipped = read.sequence("skipped")
        by_strength = _by_strength(read)
        return cls(
            **{name: read.number(name) for name in GATE_NUMBERS},  # type: ignore[arg-type]
            strength=read.number("strength"),
            by_strength=by_strength,
            protocols={
                name: Compared.from_json(by) for name, by in protocols.items() if isinstance(by, dict)
            },
            effort=None if effort is None else EffortScores.from_json(effort),
            skipped=None if skipped is None else tuple(map(str, skipped)),
            code=read.text("code"),
            params=read.mapping("params"),
            other=read.forget_nulls(*GATE_NUMBERS),
        )

    def to_json(self) -> Json:
        """Return the JSON object that a version's row holds."""
        numbers = {name: getattr(self, name) for name in GATE_NUMBERS}
        tuned = self.n_train is not None
        more = {
            "strength": self.strength,
            "by_strength": {str(at): miou for at, miou in self.by_strength.items()} or None,
            "protocols": {name: by.to_json() for name, by in self.protocols.items()} or None,
            "labour": None if self.effort is None else self.effort.to_json(),
            "skipped": None if self.skipped is None else list(self.skipped),
            "code": self.code,
            "params": None if self.params is None else dict(self.params),
        }
        return {**(numbers if tuned else _known(numbers)), **_known(more), **self.other}


def _by_strength(read: _Reader) -> dict[float, float]:
    """Take the mIoUs by strength; an object whose keys are not all numbers is left in place."""
    try:
        found = {float(at): miou for at, miou in (read.rest.get("by_strength") or {}).items()}
    except (AttributeError, ValueError):
        return {}
    if not all(isinstance(miou, int | float) for miou in found.values()):
        return {}
    read.rest.pop("by_strength", None)
    return found


@dataclass(frozen=True)
class JobConfig:
    """The options of a job; None where one was not given."""

    max_seconds: float | None = None
    seed: int | None = None
    from_live: bool | None = None
    keep_everyday: bool | None = None
    other: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> JobConfig:
        """Read what a job's row holds."""
        read = _Reader(data)
        return cls(
            max_seconds=read.number("max_seconds"),
            seed=read.integer("seed"),
            from_live=read.flag("from_live"),
            keep_everyday=read.flag("keep_everyday"),
            other=read.rest,
        )

    def to_json(self) -> Json:
        """Return the JSON object that a job's row holds."""
        names = ("max_seconds", "seed", "from_live", "keep_everyday")
        return {**_known({name: getattr(self, name) for name in names}), **self.other}


DRAWN_COUNTS = ("objects", "of_objects", "images", "of_images")


@dataclass(frozen=True)
class Drawn:
    """How much of a dataset a job could learn from: objects and images, drawn and accepted ones."""

    objects: int | None = None
    of_objects: int | None = None
    images: int | None = None
    of_images: int | None = None
    other: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Drawn:
        """Read what `to_json` wrote."""
        read = _Reader(data)
        return cls(**{name: read.integer(name) for name in DRAWN_COUNTS}, other=read.rest)

    def to_json(self) -> Json:
        """Return the JSON object."""
        return {**_known({name: getattr(self, name) for name in DRAWN_COUNTS}), **self.other}


@dataclass(frozen=True)
class JobResult:
    """The result of a job, which ``tune --json`` prints.

    ``version``: the candidate's number. ``reason``: the verdict in words; ``code`` and ``params``
    are the same for programs (jobs of earlier releases have none). ``seconds``: how long it took.
    ``strength``: the strength that was judged; None where nothing was, and in jobs of earlier releases.
    ``drawn``: None where the job could learn from every accepted object, and in jobs of earlier releases.
    ``kept_aside``: how many images the fixed test set had; None where there was none.
    """

    job: int | None = None
    version: int | None = None
    promoted: bool | None = None
    reason: str | None = None
    base_miou: float | None = None
    live_miou: float | None = None
    candidate_miou: float | None = None
    n_train: int | None = None
    n_val: int | None = None
    seconds: float | None = None
    strength: float | None = None
    code: str | None = None
    params: Mapping[str, Any] | None = None
    drawn: Drawn | None = None
    kept_aside: int | None = None
    other: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> JobResult:
        """Read what a job's row holds."""
        read = _Reader(data)
        drawn = read.mapping("drawn")
        return cls(
            job=read.integer("job"),
            version=read.integer("version"),
            promoted=read.flag("promoted"),
            reason=read.text("reason"),
            **{name: read.number(name) for name in GATE_NUMBERS},  # type: ignore[arg-type]
            seconds=read.number("seconds"),
            strength=read.number("strength"),
            code=read.text("code"),
            params=read.mapping("params"),
            drawn=None if drawn is None else Drawn.from_json(drawn),
            kept_aside=read.integer("kept_aside"),
            other=read.forget_nulls(*GATE_NUMBERS),
        )

    def to_json(self) -> Json:
        """Return the JSON object that a job's row holds."""
        numbers = {name: getattr(self, name) for name in GATE_NUMBERS}
        head = {"job": self.job, "version": self.version, "promoted": self.promoted, "reason": self.reason}
        params = None if self.params is None else dict(self.params)
        drawn = None if self.drawn is None else self.drawn.to_json()
        tail = {"seconds": self.seconds, "strength": self.strength, "code": self.code, "params": params}
        tail |= {"drawn": drawn, "kept_aside": self.kept_aside}
        return {
            **_known(head),
            **(numbers if self.n_train is not None else _known(numbers)),
            **_known(tail),
            **self.other,
        }


@dataclass(frozen=True)
class VersionConfig:
    """How a version was made: tuned (``recipe`` and what follows), blended with stock, or imported.

    ``drawn``: None where the job could learn from every accepted object, and in versions of earlier
    releases. ``kept_aside``: how many images the fixed test set had; None where there was none.
    """

    recipe: Mapping[str, Any] | None = None
    seed: int | None = None
    start: str | None = None
    precision: str | None = None
    models: int | None = None
    steps: int | None = None
    final_steps: int | None = None
    max_seconds: float | None = None
    from_live: bool | None = None
    drawn: Drawn | None = None
    kept_aside: int | None = None
    blended_from: int | None = None
    strength: float | None = None
    imported_from: str | None = None
    sha256: str | None = None
    other: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_json(cls, data: Mapping[str, Any] | None) -> VersionConfig:
        """Read what a version's row holds."""
        read = _Reader(data)
        drawn = read.mapping("drawn")
        return cls(
            recipe=read.mapping("recipe"),
            seed=read.integer("seed"),
            start=read.text("start"),
            precision=read.text("precision"),
            models=read.integer("models"),
            steps=read.integer("steps"),
            final_steps=read.integer("final_steps"),
            max_seconds=read.number("max_seconds"),
            from_live=read.flag("from_live"),
            drawn=None if drawn is None else Drawn.from_json(drawn),
            kept_aside=read.integer("kept_aside"),
            blended_from=read.integer("blended_from"),
            strength=read.number("strength"),
            imported_from=read.text("imported_from"),
            sha256=read.text("sha256"),
            other=read.rest,
        )

    def to_json(self) -> Json:
        """Return the JSON object that a version's row holds."""
        names = (
            *("recipe", "seed", "start", "precision", "models", "steps", "final_steps"),
            *("max_seconds", "from_live", "kept_aside"),
            *("blended_from", "strength", "imported_from", "sha256"),
        )
        drawn = {"drawn": None if self.drawn is None else self.drawn.to_json()}
        return {**_known({name: getattr(self, name) for name in names} | drawn), **self.other}
