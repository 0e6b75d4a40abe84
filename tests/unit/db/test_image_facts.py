import itertools

import numpy as np
import pytest
from alembic import command
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from samstudio.db.engine import open_database, open_engine
from samstudio.db.image_facts import name_key, rebuild, refresh
from samstudio.db.image_facts.facts import state_of
from samstudio.db.image_facts.words import items_of, set_text
from samstudio.db.tables import ImageFactsRow, ImageRow
from samstudio.domain import AnnotationStatus, ImageState, NewAnnotation
from samstudio.masks import encode_rle
from samstudio.services.annotations import AnnotationService
from samstudio.services.images import ImageService
from samstudio.services.trash import TrashService
from tests.unit.db.test_migrate import migrated
from tests.unit.services.pictures import colours, encoded


def facts(database):
    with database.read() as session:
        rows = session.execute(select(ImageFactsRow.__table__).order_by(ImageFactsRow.seq))
        return [row._mapping for row in rows]


def rebuilt(database):
    with database.write() as session:
        rebuild(session)
    return facts(database)


MASKS = [encode_rle(np.eye(24, 36, k, dtype=bool)) for k in range(3)]
STATUSES = st.sampled_from(list(AnnotationStatus))
OPERATIONS = st.lists(
    st.tuples(
        st.sampled_from(
            ["add", "insert", "update", "change", "delete", "remove image", "discard", "restore"]
        ),
        st.integers(0, 99),
        STATUSES,
        st.sampled_from(MASKS),
        st.sampled_from(["cell", "nucleus"]),
        st.sampled_from([None, 0, 3]),
    ),
    min_size=3,
    max_size=25,
)


def one_more(images, annotations, trash, operation, number, status, mask, category, version):
    """Do one thing that people, jobs or imports do."""
    if operation == "restore":
        trash.restore(trash.ids()[:1])
    known = images.list()
    if not known:
        return
    image = known[number % len(known)]
    new = NewAnnotation(
        image.id, category, mask, status=status, proposed_by=version, predicted_iou=number / 100
    )
    objects = annotations.list(image.id)
    chosen = objects[number % len(objects)] if objects else annotations.add(new)
    {
        "add": lambda: annotations.add(new),
        "insert": lambda: annotations.insert_many([new, new]),
        "change": lambda: annotations.change_many(add=[new], remove=[(chosen.id, chosen.revision)]),
        "discard": lambda: trash.discard([image.id]),
        "remove image": lambda: images.delete(image.id, with_annotations=True),
        "delete": lambda: annotations.delete(chosen.id),
        "update": lambda: annotations.update(
            chosen.id,
            revision=chosen.revision,
            rle=mask,
            status=status,
            category=category,
            proposed_by=version,
        ),
        "restore": lambda: None,
    }[operation]()


@settings(max_examples=10, deadline=None)
@given(operations=OPERATIONS)
def test_facts_are_what_the_rows_say_after_whatever_was_done(tmp_path_factory, operations):
    folder = tmp_path_factory.mktemp("facts")
    database = open_database(f"sqlite:///{folder / 'studio.db'}")
    images = ImageService(database=database, folder=folder, max_bytes=10**6, max_pixels=10**6)
    annotations = AnnotationService(database=database)
    trash = TrashService(database=database, images=images)
    for seed in range(3):
        images.add(encoded(colours(seed=seed), "PNG"), filename=f"{seed}.png")
    for operation in operations:
        one_more(images, annotations, trash, *operation)
    kept = facts(database)
    assert len(kept) == images.count() + len(trash.ids())
    assert kept == rebuilt(database)
    database.close()


@pytest.mark.parametrize("schema", ["0006", "0013"])
def test_images_of_before_get_their_facts_when_the_database_is_opened(tmp_path, schema):
    """As after a migration, which makes the table, or adds to it."""
    url = f"sqlite:///{tmp_path / 'studio.db'}"
    database = open_database(url)
    images = ImageService(database=database, folder=tmp_path, max_bytes=10**6, max_pixels=10**6)
    image = images.add(encoded(colours(), "PNG"), filename="a.png").image
    if schema == "0013":
        with database.write() as session:
            session.execute(update(ImageRow).values(note="blurred"))
            refresh(session, [image.id])
    before = facts(database)
    database.close()
    engine = open_engine(url)
    migrated(engine, command.downgrade, schema)
    engine.dispose()
    database = open_database(url)
    assert facts(database) == before
    assert len(before) == 1
    database.close()


NUMBERED = ["a", "a.png", "a1.png", "a01b.png", "a2.png", "a10.png", "a10b", "a" + "9" * 50, "b", "Ｂ2", "ß"]


def test_names_are_in_the_order_in_which_people_count():
    order = sorted(NUMBERED, key=name_key)
    assert [one for one in order if one[:2] in ("a1", "a2")] == ["a1.png", "a2.png", "a10.png", "a10b"]
    assert name_key("IMG_007.PNG") == name_key("img_7.png")
    assert name_key("Ｉｍｇ２") == name_key("img2")


@given(a=st.integers(0, 10**20), b=st.integers(0, 10**20), zeros=st.integers(0, 3))
def test_numbers_in_names_are_compared_by_value(a, b, zeros):
    left, right = name_key(f"x{'0' * zeros}{a}y"), name_key(f"x{b}y")
    assert (left < right) == (a < b)
    assert (left == right) == (a == b)


@given(items=st.sets(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1)))
def test_a_set_is_read_as_it_was_written(items):
    assert set(items_of(set_text(items))) == items


@pytest.mark.parametrize(("mark", "accepted"), [*itertools.product([None, "done", "nothing"], [0, 2])])
def test_a_persons_word_counts_but_nothing_is_there_only_where_nothing_is(mark, accepted):
    expected = {
        (None, 0): ImageState.TODO, (None, 2): ImageState.IN_PROGRESS, ("done", 0): ImageState.DONE,
        ("done", 2): ImageState.DONE, ("nothing", 0): ImageState.NOTHING,
        ("nothing", 2): ImageState.IN_PROGRESS,
    }  # fmt: skip
    assert state_of(mark, accepted) == expected[mark, accepted]
