"""Rooms made of folders: a clean Debian by debootstrap stands in for the official Python image.

Needs root. What is mounted into a room (``/proc``, ``/dev``, what is carried in) is there while a command
runs, in a mount namespace of that command's own; the folders themselves hold only what the steps made.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from docker.building import PATH, Built, Image, Room
from docker.recipe import ignored

_PYTHON_IMAGE = re.compile(r"python:(?P<python>3\.\d+)-slim-(?P<suite>[a-z]+)")
_PACKAGES = "python3,python3-venv,ca-certificates"


Bind = tuple[Path, str]
"""A file or folder of this machine, and where a room has it."""


def bind(text: str) -> Bind:
    """``HERE:THERE``, or ``HERE`` for the same place in the room."""
    here, _, there = text.partition(":")
    return Path(here).resolve(), there or here


class Rooms:
    """Makes the rooms of one build below ``folder``.

    ``context`` is what COPY copies from; ``carry`` is bound into each room while its steps run: a pip
    configuration, certificates, wheels.
    """

    def __init__(self, *, folder: Path, context: Path, carry: Sequence[Bind]) -> None:
        self._folder = folder
        self._context = context
        self._carry = carry

    def make(self, name: str, base: Built | None, image: str) -> ChrootRoom:
        """A room that starts as a copy of another, or as the Debian that an image from outside is made of."""
        root = self._folder / name
        start = base.room.root if base and isinstance(base.room, ChrootRoom) else self._debian(image)
        shutil.rmtree(root, ignore_errors=True)
        _do("cp", "--archive", "--one-file-system", "--reflink=auto", start, root)
        # As Docker gives each container.
        shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
        (root / "etc/hosts").write_text("127.0.0.1 localhost\n::1 localhost\n")
        return ChrootRoom(root=root, context=self._context, carry=self._carry)

    def _debian(self, image: str) -> Path:
        match = _PYTHON_IMAGE.fullmatch(image)
        if match is None:
            raise ValueError(f"{image} is not a python:3.x-slim image: no Debian here stands in for it")
        root = self._folder / f"debian-{match['suite']}"
        if not (root / "usr/local/bin/python").is_symlink():
            shutil.rmtree(root, ignore_errors=True)
            _do("debootstrap", "--variant=minbase", f"--include={_PACKAGES}", match["suite"], root)
            _check_python(root, match["python"])
            (root / "usr/local/bin/python").symlink_to("/usr/bin/python3")
        return root


def _check_python(root: Path, wanted: str) -> None:
    version = _do("chroot", root, "python3", "--version", capture=True).split()[-1]
    if not version.startswith(f"{wanted}."):
        raise ValueError(f"Debian's Python here is {version}, the Dockerfile wants {wanted}")


class ChrootRoom(Room):
    """One stage's files in a folder."""

    def __init__(self, *, root: Path, context: Path, carry: Sequence[Bind]) -> None:
        self.root = root
        self._context = context
        self._carry = carry

    def inside(self, path: str) -> Path:
        """Where ``path`` of the room is on this machine."""
        return self.root / path.strip("/")

    def run(self, command: Sequence[str], image: Image, *, environment: Mapping[str, str]) -> None:
        """Run to the end; raises CalledProcessError."""
        line = self.command(command, image, environment, self._carry)
        subprocess.run(line, check=True, env={}, stdin=subprocess.DEVNULL)

    def command(
        self,
        command: Sequence[str],
        image: Image,
        environment: Mapping[str, str],
        binds: Sequence[Bind] = (),
    ) -> list[str]:
        """The whole command line that runs one in here; its process becomes the command's own."""
        mounts = [f"mount -t proc proc {self.root}/proc", f"mount --rbind /dev {self.root}/dev"]
        mounts += [f"mount --bind {here} {self._place(here, there)}" for here, there in binds]
        given = [f"{name}={value}" for name, value in environment.items()]
        return [
            *(
                "/usr/bin/unshare",
                "--mount",
                "/bin/sh",
                "-ec",
                f'PATH={PATH}; {"; ".join(mounts)}; exec "$@"',
            ),
            *("sh", "chroot", f"--userspec={image.user}", "--groups=", str(self.root)),
            *("/usr/bin/env", "-i", f"--chdir={image.folder}", *given, *command),
        ]

    def _place(self, here: Path, there: str) -> Path:
        """Something to bind onto."""
        place = self.inside(there)
        if here.is_dir():
            place.mkdir(parents=True, exist_ok=True)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.touch()
        return place

    def copy(self, sources: Sequence[str], target: str, *, source: Room | None) -> None:
        """COPY: a folder's contents, or files; into the target when that is a folder or ends in a slash."""
        place = self.inside(target)
        for name in sources:
            if isinstance(source, ChrootRoom):
                origin, left_out = source.inside(name), None
            else:
                origin, left_out = self._context / name, self._left_out
            if origin.is_dir():
                shutil.copytree(origin, place, symlinks=True, dirs_exist_ok=True, ignore=left_out)
            elif left_out and ignored(name, self._patterns):
                raise FileNotFoundError(f"COPY {name}: .dockerignore keeps it out of the build")
            else:
                into = place / origin.name if target.endswith("/") or place.is_dir() else place
                into.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(origin, into)

    @property
    def _patterns(self) -> list[str]:
        return (self._context / ".dockerignore").read_text().splitlines()

    def _left_out(self, folder: str, names: list[str]) -> set[str]:
        below = os.path.relpath(folder, self._context)
        return {name for name in names if ignored(f"{below}/{name}", self._patterns)}


def _do(*command: str | Path, capture: bool = False) -> str:
    done = subprocess.run([str(part) for part in command], check=True, text=True, capture_output=capture)
    return done.stdout or ""
