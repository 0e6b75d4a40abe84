"""What is known of an import session, kept in its folder so that it outlives the server's process."""

from __future__ import annotations

import json
import re
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from samstudio.domain import AnnotationStatus, NotFound
from samstudio.files import write_text
from samstudio.records import Json

RECORD = "session.json"
ID = re.compile(r"[0-9a-f]{16}")


class State(StrEnum):
    """The states of an import session."""

    COLLECTING = "collecting"
    PLANNING = "planning"
    PLANNED = "planned"
    APPLYING = "applying"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"

    @property
    def busy(self) -> bool:
        """Whether a thread of this process is at work on it."""
        return self in (State.PLANNING, State.APPLYING)


@dataclass(frozen=True)
class Asked:
    """What a person chose for an import.

    ``format``: an import format's name, or ``auto``. ``category``: of objects that the format names
    none for. ``doubtful``: whether what the plan holds back is taken too. ``options``: those of
    reading images and masks, by name.
    """

    format: str = "auto"
    category: str = "object"
    status: AnnotationStatus = AnnotationStatus.ACCEPTED
    doubtful: bool = False
    options: Json = field(default_factory=dict)

    def to_json(self) -> Json:
        """Return it as a JSON object."""
        return {**vars(self), "status": str(self.status)}

    @classmethod
    def from_json(cls, data: Json) -> Asked:
        """Read what `to_json` wrote."""
        return cls(**{**data, "status": AnnotationStatus(data["status"])})


@dataclass(frozen=True)
class Progress:
    """How far planning or applying is: ``done`` of ``total`` images, now ``name``."""

    done: int
    total: int
    name: str = ""


@dataclass(frozen=True)
class Session:
    """An import session: its state, and what the last plan and the last application came to.

    ``plan`` and ``report`` are JSON objects, as the API gives them. ``problem``: a sentence on why it
    failed, was cancelled or has to be planned again.
    """

    id: str
    state: State
    created_at: datetime
    changed_at: datetime
    asked: Asked | None = None
    progress: Progress | None = None
    plan: Json | None = None
    report: Json | None = None
    problem: str = ""

    def changed(self, **values: Any) -> Session:
        """Return the session with these values, changed now."""
        return replace(self, changed_at=datetime.now(UTC), **values)


class SessionStore:
    """The sessions' folders below the storage folder, each with its record."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def folder(self, session_id: str) -> Path:
        """Return a session's folder.

        Raises:
            NotFound: There is no such session.
        """
        folder = self._folder / session_id
        if not ID.fullmatch(session_id) or not (folder / RECORD).is_file():
            raise NotFound(f"there is no import {session_id!r}; an import is removed after a day")
        return folder

    def create(self) -> Session:
        """Make a new session that collects files."""
        now = datetime.now(UTC)
        session = Session(secrets.token_hex(8), State.COLLECTING, now, now)
        (self._folder / session.id).mkdir(parents=True)
        self.save(session)
        return session

    def load(self, session_id: str) -> Session:
        """Read a session's record.

        Raises:
            NotFound: There is no such session.
        """
        return _read(session_id, json.loads((self.folder(session_id) / RECORD).read_text(encoding="utf-8")))

    def save(self, session: Session) -> None:
        """Write a session's record."""
        write_text(self._folder / session.id / RECORD, json.dumps(_written(session)))

    def touch(self, session_id: str) -> None:
        """Note that the session was used now."""
        (self._folder / session_id / RECORD).touch()

    def delete(self, session_id: str) -> None:
        """Remove a session's folder with its files; nothing happens where there is none."""
        if ID.fullmatch(session_id):
            shutil.rmtree(self._folder / session_id, ignore_errors=True)

    def ids(self) -> Iterator[tuple[str, datetime]]:
        """Yield the id of each folder, with or without a record, and when it was last changed."""
        if not self._folder.is_dir():
            return
        for folder in self._folder.iterdir():
            if ID.fullmatch(folder.name):
                record = folder / RECORD
                last = (record if record.is_file() else folder).stat().st_mtime
                yield folder.name, datetime.fromtimestamp(last, UTC)


def _written(session: Session) -> Json:
    progress = session.progress and vars(session.progress)
    return {
        "state": str(session.state),
        "created_at": session.created_at.isoformat(),
        "changed_at": session.changed_at.isoformat(),
        "asked": session.asked and session.asked.to_json(),
        "progress": progress,
        "plan": session.plan,
        "report": session.report,
        "problem": session.problem,
    }


def _read(session_id: str, data: Json) -> Session:
    return Session(
        id=session_id,
        state=State(data["state"]),
        created_at=datetime.fromisoformat(data["created_at"]),
        changed_at=datetime.fromisoformat(data["changed_at"]),
        asked=Asked.from_json(data["asked"]) if data["asked"] else None,
        progress=Progress(**data["progress"]) if data["progress"] else None,
        plan=data["plan"],
        report=data["report"],
        problem=data["problem"],
    )
