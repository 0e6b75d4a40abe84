"""A Dockerfile as stages and steps, read by Docker's own parser; nothing is done here.

Knows the instructions that ours uses, and refuses any other rather than pass over it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import dockerfile

KNOWN = {"ARG", "CMD", "COPY", "ENV", "EXPOSE", "FROM", "HEALTHCHECK"} | {
    "LABEL",
    "RUN",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
    "WORKDIR",
}
_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)(?::([-+])([^}]*))?\})")


@dataclass(frozen=True)
class Step:
    """One instruction: ``values`` are its words, one string for a RUN in shell form."""

    line: int
    kind: str
    values: tuple[str, ...]
    flags: Mapping[str, str] = field(default_factory=dict)
    exec_form: bool = False
    text: str = ""


@dataclass(frozen=True)
class Stage:
    """One FROM with what follows it."""

    name: str
    base: str
    steps: tuple[Step, ...]

    @property
    def needs(self) -> tuple[str, ...]:
        """Names of what it begins with or copies from; some may be images from outside."""
        copied = (step.flags["from"] for step in self.steps if "from" in step.flags)
        return (self.base, *copied)


@dataclass(frozen=True)
class Recipe:
    """A whole Dockerfile: ARGs before the first FROM with their defaults, and the stages in order."""

    arguments: Mapping[str, str]
    stages: tuple[Stage, ...]

    def stage(self, name: str) -> Stage:
        """The stage of that name. Raises KeyError."""
        return {stage.name: stage for stage in self.stages}[name]

    def stages_for(self, target: str) -> list[Stage]:
        """The stages that ``target`` needs, itself last. Raises KeyError when there is no such stage."""
        wanted = {target}
        self.stage(target)
        for stage in reversed(self.stages):
            if stage.name in wanted:
                wanted.update(stage.needs)
        return [stage for stage in self.stages if stage.name in wanted]


def read(text: str) -> Recipe:
    """Parse a Dockerfile. Raises ValueError for an instruction that is not known here."""
    arguments: dict[str, str] = {}
    stages: list[Stage] = []
    for command in dockerfile.parse_string(text):
        step = _step(command)
        if step.kind == "FROM":
            stages.append(_stage(step, arguments, number=len(stages)))
        elif not stages:
            arguments.update(pairs(step))
        else:
            last = stages[-1]
            stages[-1] = Stage(last.name, last.base, (*last.steps, step))
    return Recipe(arguments, tuple(stages))


def _step(command: Any) -> Step:
    kind = command.cmd.upper()
    if kind not in KNOWN:
        raise ValueError(f"line {command.start_line}: {kind} is not understood here")
    flags = dict(flag.removeprefix("--").split("=", 1) for flag in command.flags)
    return Step(command.start_line, kind, tuple(command.value), flags, command.json, command.original)


def _stage(step: Step, arguments: Mapping[str, str], *, number: int) -> Stage:
    image, *rest = step.values
    name = rest[1] if len(rest) == 2 and rest[0].upper() == "AS" else str(number)
    return Stage(name, expand(image, arguments), ())


def pairs(step: Step) -> dict[str, str]:
    """What an ENV or ARG names, with its value; an ARG without a default has none."""
    if step.kind == "ARG":
        named = (value.partition("=") for value in step.values)
        return {name: unquoted(value) for name, _, value in named}
    return {name: unquoted(value) for name, value in zip(step.values[::2], step.values[1::2], strict=True)}


def unquoted(text: str) -> str:
    """Without the quotes round it."""
    return text[1:-1] if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'" else text


def expand(text: str, variables: Mapping[str, str]) -> str:
    """``$X``, ``${X}``, ``${X:-else}`` and ``${X:+then}`` as Docker fills them in; unknown ones are empty."""

    def value(match: re.Match[str]) -> str:
        found = variables.get(match[1] or match[2], "")
        if match[3] == "-":
            return found or match[4]
        if match[3] == "+":
            return match[4] if found else ""
        return found

    return _VARIABLE.sub(value, text)


def ignored(path: str, patterns: Sequence[str]) -> bool:
    """Whether a .dockerignore leaves ``path`` (relative, slashes) out: the last pattern that fits decides."""
    parts = path.split("/")
    above = ["/".join(parts[: end + 1]) for end in range(len(parts))]
    out = False
    for line in patterns:
        pattern = line.strip()
        if not pattern or pattern.startswith("#"):
            continue
        wanted = pattern.startswith("!")
        shape = _shape(pattern.removeprefix("!").strip("/"))
        if any(shape.fullmatch(one) for one in above):
            out = not wanted
    return out


def _shape(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    wild = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(wild.get(part, re.escape(part)) for part in parts))
