import subprocess
import sys
import textwrap
import threading

import pytest
from sqlalchemy import text

from samstudio.domain import Conflict, NotFound, Unavailable
from samstudio.files import sha256_of
from samstudio.records import ObjectIou, VersionConfig, VersionScores
from samstudio.services.versions.service import StoredEvaluation, VersionService


@pytest.fixture
def make(database, tmp_path):
    def service(model="vit_t"):
        return VersionService(database=database, folder=tmp_path / "decoders", model=model)

    return service


@pytest.fixture
def versions(make):
    return make()


def create(versions, content=b"weights", **options):
    return versions.create(write=lambda path: path.write_bytes(content), reason="+3 points", **options)


def test_at_first_there_is_stock_and_it_is_live(versions):
    assert versions.live().number == 0
    assert versions.live().moved_at is None
    (stock,) = versions.list()
    assert (stock.number, stock.model, stock.path, stock.promoted) == (0, "vit_t", None, True)
    assert versions.get(0) == stock
    with pytest.raises(NotFound, match="version 0 is the stock decoder: it has no file"):
        versions.path(0)
    with pytest.raises(Conflict, match="the stock decoder is live"):
        versions.rollback()


def test_a_version_is_a_file_and_all_that_is_known_of_it(versions, tmp_path):
    made = create(
        versions,
        scores=VersionScores(base_miou=0.7),
        config=VersionConfig(seed=1),
        dataset_digest="d" * 64,
        annotation_ids=[3, 1],
    )
    assert (made.number, made.model, made.parent, made.promoted, made.reason) == (
        1,
        "vit_t",
        0,
        False,
        "+3 points",
    )
    assert (made.scores, made.config, made.annotation_ids) == (
        VersionScores(base_miou=0.7),
        VersionConfig(seed=1),
        (3, 1),
    )
    assert made.path == "vit_t/v1.safetensors"
    assert versions.path(1) == tmp_path / "decoders" / "vit_t" / "v1.safetensors"
    assert versions.path(1).read_bytes() == b"weights"
    assert made.sha256 == sha256_of(versions.path(1))
    assert [v.number for v in versions.list()] == [1, 0]
    assert [v.number for v in versions.list(newest_first=False)] == [0, 1]
    assert versions.live().number == 0


def test_creating_and_promoting_in_one_step(versions):
    made = create(versions, promote=True)
    assert made.promoted
    assert versions.live().number == 1
    assert versions.live().moved_at is not None
    assert [(m.number, m.kind, m.reason) for m in versions.moves()] == [(1, "promote", "+3 points")]


def test_a_failed_save_is_no_version_and_its_number_is_not_given_again(versions, tmp_path):
    def fail(path):
        path.write_bytes(b"half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        versions.create(write=fail, reason="", promote=True)
    assert [v.number for v in versions.list()] == [0]
    assert versions.live().number == 0
    assert not [p for p in (tmp_path / "decoders").rglob("*") if p.is_file()]
    with pytest.raises(NotFound, match="there is no version 1"):
        versions.get(1)
    assert create(versions).number == 2


def test_a_failed_row_takes_its_file_away(versions, tmp_path, monkeypatch):
    def fail(*_args):
        raise RuntimeError("database gone")

    monkeypatch.setattr("samstudio.services.versions.alias.move", fail)
    with pytest.raises(RuntimeError, match="database gone"):
        create(versions, promote=True)
    assert [v.number for v in versions.list()] == [0]
    assert not [p for p in (tmp_path / "decoders").rglob("*") if p.is_file()]


def test_dying_while_saving_leaves_no_version(versions, tmp_path):
    code = f"""
        import os
        from pathlib import Path
        from samstudio.db.engine import open_database
        from samstudio.services.versions import VersionService
        storage = Path({str(tmp_path)!r})
        database = open_database(f"sqlite:///{{storage / 'storage' / 'studio.db'}}")
        versions = VersionService(database=database, folder=storage / "decoders", model="vit_t")
        versions.create(write=lambda path: os.kill(os.getpid(), 9), reason="", promote=True)
    """
    assert subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=False).returncode == -9
    assert [v.number for v in versions.list()] == [0]
    assert create(versions).number == 2


def test_promoting_and_rolling_back_walk_a_stack(versions):
    for _ in range(3):
        create(versions)
    for number in (1, 2, 3):
        assert versions.promote(number, f"try {number}").number == number
    assert versions.promote(1).number == 1
    assert [versions.rollback().number for _ in range(4)] == [3, 2, 1, 0]
    with pytest.raises(Conflict):
        versions.rollback()
    assert [m.kind for m in versions.moves()] == ["rollback"] * 4 + ["promote"] * 4
    assert versions.moves()[-1].reason == "try 1"


def test_promoting_after_a_rollback(versions):
    for _ in range(3):
        create(versions)
    versions.promote(1)
    versions.promote(2)
    versions.rollback()
    versions.promote(3)
    assert [versions.rollback().number for _ in range(2)] == [1, 0]


def test_promoting_what_is_live_moves_nothing(versions):
    create(versions, promote=True)
    before = versions.live()
    assert versions.promote(1) == before
    assert len(versions.moves()) == 1
    assert versions.rollback().number == 0


def test_promoting_stock_starts_afresh(versions):
    create(versions, promote=True)
    assert versions.promote(0, "start over").number == 0
    with pytest.raises(Conflict):
        versions.rollback()
    versions.promote(1)
    assert versions.rollback().number == 0


def test_versions_of_another_model_are_not_ours(make):
    ours, theirs = make("vit_t"), make("vit_b")
    create(ours, promote=True)
    assert create(theirs).number == 2
    assert [v.number for v in ours.list()] == [1, 0]
    assert [v.number for v in theirs.list()] == [2, 0]
    assert theirs.get(0).model == "vit_b"
    assert theirs.live().number == 0
    with pytest.raises(Conflict, match=r"version 1 is a decoder of vit_t; this project runs vit_b"):
        theirs.promote(1)
    with pytest.raises(Conflict, match="version 1 is a decoder of vit_t"):
        theirs.delete(1)
    assert theirs.get(1).model == "vit_t"


@pytest.mark.parametrize("number", [7, -1])
def test_unknown_numbers(versions, number):
    for call in (versions.get, versions.path, versions.promote, versions.delete):
        with pytest.raises(NotFound, match=f"there is no version {number}"):
            call(number)


def test_damaged_and_lost_files_are_told_and_not_promoted(versions):
    create(versions)
    path = versions.path(1)
    path.write_bytes(b"weightz")
    for call in (versions.path, versions.promote):
        with pytest.raises(Unavailable, match="the file of version 1 is damaged"):
            call(1)
    path.unlink()
    for call in (versions.path, versions.promote):
        with pytest.raises(Unavailable, match="the file of version 1 is gone"):
            call(1)
    assert versions.live().number == 0


def test_deleting_takes_the_file_and_keeps_the_number(versions):
    create(versions)
    path = versions.path(1)
    versions.delete(1)
    assert not path.exists()
    assert [v.number for v in versions.list()] == [0]
    for call in (versions.get, versions.path, versions.promote, versions.delete):
        with pytest.raises(NotFound, match=r"version 1 was deleted on \d{4}-"):
            call(1)
    assert create(versions).number == 2


def test_live_and_stock_are_not_deleted(versions):
    create(versions, promote=True)
    with pytest.raises(Conflict, match="version 1 is live"):
        versions.delete(1)
    with pytest.raises(Conflict, match="version 0 is the stock decoder"):
        versions.delete(0)
    assert versions.path(1).exists()


def test_rolling_back_passes_over_deleted_and_damaged_versions(versions):
    for number in (1, 2, 3, 4):
        create(versions, promote=True)
        assert versions.live().number == number
    versions.delete(3)
    versions.path(2).write_bytes(b"damaged")
    assert versions.rollback().number == 1
    assert versions.rollback().number == 0


def test_evaluations(versions, database):
    create(versions)
    with database.write() as session:
        session.execute(
            text(
                "INSERT INTO jobs (status, config, created_at, phase, step, total_steps, reason) "
                "VALUES ('queued', '{}', '2026-01-01 00:00:00.000000', '', 0, 0, '')"
            )
        )
    stored = [
        StoredEvaluation("box", 0.8, 2, 1, 1, "candidate", (ObjectIou(4, iou=0.9),)),
        StoredEvaluation("box", 0.7, 2, 0, 1, "base"),
        StoredEvaluation("click", 0.6, 2, None, 1, "candidate"),
    ]
    versions.record_evaluations(stored)
    assert [e.miou for e in versions.evaluations(1)] == [0.8]
    assert versions.evaluations(1)[0].objects == (ObjectIou(4, iou=0.9),)
    assert [e.role for e in versions.evaluations(job_id=1)] == ["candidate", "base", "candidate"]
    assert versions.evaluations(0, job_id=1)[0].created_at is not None
    assert len(versions.evaluations()) == 3


def test_numbers_stay_unique_when_two_services_save_at_once(make):

    numbers = []
    threads = [threading.Thread(target=lambda: numbers.append(create(make()).number)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [1, 2, 3, 4, 5, 6]


def test_a_version_is_taken_back_where_nothing_has_changed_since(versions):
    create(versions, promote=True)
    create(versions, promote=True)
    seen = versions.live()
    assert versions.former() == 1
    with pytest.raises(Conflict, match="version 2 is not live over version 0 now"):
        versions.take_back(seen, to=0, reason="worse", code="c")
    assert versions.take_back(seen, to=1, reason="worse", code="c").number == 1
    assert (versions.moves()[0].kind, versions.moves()[0].code) == ("rollback", "c")
    assert [move.code for move in versions.moves()[1:]] == ["", ""]
    with pytest.raises(Conflict, match="nothing was moved"):
        versions.take_back(seen, to=1, reason="worse", code="c")
    versions.rollback()
    assert versions.former() is None


def test_a_version_knows_what_it_learned_from_through_those_it_went_on_from(versions):
    create(versions, annotation_ids=[1, 2])
    create(versions, parent=1, config=VersionConfig(start="live"), annotation_ids=[3])
    create(versions, parent=1, config=VersionConfig(start="stock"), annotation_ids=[4])
    assert versions.learned_from(0) == frozenset()
    assert versions.learned_from(2) == {1, 2, 3}
    assert versions.learned_from(3) == {4}
