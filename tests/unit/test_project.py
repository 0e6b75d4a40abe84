from __future__ import annotations

import inspect
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from samstudio.lazy import is_built, lazy
from samstudio.project import Project
from tests.unit.services.pictures import colours, encoded
from tests.unit.web.fakes import FakeProject, open_fake

EACH = 4
"""So many threads ask for each part."""


def parts() -> dict[str, lazy[Any]]:
    return {name: part for name, part in inspect.getmembers_static(FakeProject) if isinstance(part, lazy)}


def test_each_part_is_built_once_however_many_ask_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: Counter[str] = Counter()

    def counting(name: str, build: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def counted(project: Project) -> Any:
            built[name] += 1
            return build(project)

        return counted

    for name, part in parts().items():
        monkeypatch.setattr(part, "_build", counting(name, part._build))
    project = open_fake(tmp_path)
    asked = [*parts()] * EACH
    together = threading.Barrier(len(asked))

    def ask(name: str) -> Any:
        together.wait(30)
        return getattr(project, name)

    with ThreadPoolExecutor(len(asked)) as pool:
        got = list(pool.map(ask, asked))
    assert {"images", "versions", "jobs", "predictions", "tuning", "evaluations"} <= set(parts())
    assert built == dict.fromkeys(parts(), 1)
    for number, name in enumerate(asked):
        assert got[number] is getattr(project, name)


def test_deleting_an_image_builds_no_embeddings(tmp_path: Path) -> None:
    project = open_fake(tmp_path)
    image_id = project.images.add(encoded(colours(), "PNG"), filename="a.png").image.id
    project.images.delete(image_id)
    assert not is_built(project, "embeddings")
    assert not is_built(project.engine, "model")
