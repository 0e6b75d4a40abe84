"""Carries a recipe out: each stage in a room of its own, each step as Docker would run it.

What a room is (a folder to chroot into, or a list in a test) is the caller's business.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from docker.recipe import Recipe, Stage, Step, expand, pairs

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
SHELL = ("/bin/sh", "-c")


@dataclass(frozen=True)
class Image:
    """What an image says besides its files."""

    environment: Mapping[str, str] = field(default_factory=lambda: {"PATH": PATH})
    folder: str = "/"
    user: str = "0:0"
    volumes: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    health: tuple[str, ...] = ()
    stop_signal: str = "SIGTERM"


class Room(Protocol):
    """The files of one stage while it is built."""

    def run(self, command: Sequence[str], image: Image, *, environment: Mapping[str, str]) -> None:
        """Run a command in it, as the image's user, in the image's folder; raise when it fails."""

    def copy(self, sources: Sequence[str], target: str, *, source: Room | None) -> None:
        """Bring files in, from the build's context or from another room; as root's."""


@dataclass(frozen=True)
class Built:
    """A finished stage."""

    image: Image
    room: Room


def build(
    recipe: Recipe,
    target: str,
    *,
    arguments: Mapping[str, str],
    room: Callable[[str, Built | None, str], Room],
    say: Callable[[Stage, Step], None],
) -> Built:
    """Build ``target``; ``room(name, base, image)`` makes a stage's room, out of ``base`` where it has one.

    Raises KeyError for a stage that does not exist, and what the rooms raise.
    """
    done: dict[str, Built] = {}
    for stage in recipe.stages_for(target):
        base = done.get(stage.base)
        work = _Work(base.image if base else Image(), room(stage.name, base, stage.base), arguments, done)
        for step in stage.steps:
            say(stage, step)
            work.do(step)
        done[stage.name] = Built(work.image, work.room)
    return done[target]


class _Work:
    """One stage under way."""

    def __init__(self, image: Image, room: Room, given: Mapping[str, str], done: Mapping[str, Built]) -> None:
        self.image = image
        self.room = room
        self._given = given
        self._done = done
        self._arguments: dict[str, str] = {}

    @property
    def _known(self) -> dict[str, str]:
        return {**self._arguments, **self.image.environment}

    def do(self, step: Step) -> None:
        getattr(self, f"_{step.kind.lower()}")(step)

    def _filled(self, step: Step) -> tuple[str, ...]:
        return tuple(expand(value, self._known) for value in step.values)

    def _arg(self, step: Step) -> None:
        for name, default in pairs(step).items():
            self._arguments[name] = self._given.get(name, expand(default, self._known))

    def _env(self, step: Step) -> None:
        new = {name: expand(value, self._known) for name, value in pairs(step).items()}
        self.image = replace(self.image, environment={**self.image.environment, **new})

    def _workdir(self, step: Step) -> None:
        (folder,) = self._filled(step)
        self.image = replace(self.image, folder=folder)
        self.room.run(("mkdir", "-p", folder), Image(), environment=Image().environment)

    def _user(self, step: Step) -> None:
        (user,) = self._filled(step)
        self.image = replace(self.image, user=user)

    def _run(self, step: Step) -> None:
        # Docker hands variables to the shell and fills in none of them itself.
        command = step.values if step.exec_form else (*SHELL, *step.values)
        self.room.run(command, self.image, environment=self._known)

    def _copy(self, step: Step) -> None:
        *sources, target = self._filled(step)
        whole = target if target.startswith("/") else f"{self.image.folder.rstrip('/')}/{target}"
        source = self._done[step.flags["from"]].room if "from" in step.flags else None
        self.room.copy(sources, whole, source=source)

    def _volume(self, step: Step) -> None:
        self.image = replace(self.image, volumes=(*self.image.volumes, *self._filled(step)))

    def _stopsignal(self, step: Step) -> None:
        (signal,) = self._filled(step)
        self.image = replace(self.image, stop_signal=signal)

    def _cmd(self, step: Step) -> None:
        self.image = replace(self.image, command=step.values if step.exec_form else (*SHELL, *step.values))

    def _healthcheck(self, step: Step) -> None:
        _, *command = step.values
        self.image = replace(self.image, health=tuple(command) if step.exec_form else (*SHELL, *command))

    def _expose(self, step: Step) -> None:
        """Documentation only."""

    _label = _expose
