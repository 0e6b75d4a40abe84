import itertools
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samstudio.db.engine import open_database
from samstudio.domain import AnnotationStatus, ImageState, InvalidInput, NotFound
from samstudio.services.image_queries import SORT_KEYS, ImageQuery, ImageQueryService, statements
from tests.unit.services.image_queries.expected import expected
from tests.unit.services.image_queries.made import CATEGORIES, PEOPLE, START, TAGS, fill, image_id


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    database = open_database(f"sqlite:///{tmp_path_factory.mktemp('queries') / 'studio.db'}")
    made = fill(database)
    yield ImageQueryService(database=database), made
    database.close()


@pytest.fixture(autouse=True, scope="module")
def a_short_walk():
    """Both ways of reading are taken, and the border between them is crossed."""
    walked, statements.WALKED = statements.WALKED, 7
    yield
    statements.WALKED = walked


moments = st.integers(0, 400).map(lambda hours: START.replace(day=1 + hours // 24 % 28, hour=hours % 24))
scores = st.integers(0, 100).map(lambda percent: percent / 100)
FILTERS = {
    "text": st.sampled_from(["img", "IMG 1", "%", "_", "zelle", "slide 10", "ＩＭＧ", "nowhere"]),
    "category": st.sampled_from(CATEGORIES),
    "status": st.sampled_from([AnnotationStatus.PROPOSED, AnnotationStatus.ACCEPTED]),
    "state": st.sampled_from(list(ImageState)),
    "split": st.sampled_from(["train", "test"]),
    "tag": st.sampled_from([*TAGS, "nobody's"]),
    "group": st.sampled_from(["slide 2", "slide 10", "slide"]),
    "author": st.sampled_from([*PEOPLE, "nobody"]),
    "version": st.sampled_from([0, 1, 10, 2]),
    "added_from": moments,
    "changed_to": moments,
    "score_from": scores,
    "score_to": scores,
    "held_out_from": scores,
    "held_out_to": scores,
    "objects_from": st.integers(0, 4),
    "objects_to": st.integers(0, 4),
    "pixels_from": st.sampled_from([64 * 64, 640 * 64]),
    "proposals": st.booleans(),
    "corrections": st.booleans(),
    "flagged": st.booleans(),
    "noted": st.booleans(),
}


@st.composite
def queries(draw):
    names = draw(st.lists(st.sampled_from(sorted(FILTERS)), max_size=3, unique=True))
    values = {name: draw(FILTERS[name]) for name in names}
    for low in [name for name in values if name.endswith("_from")]:
        high = low.replace("_from", "_to")
        if high in values and values[low] > values[high]:
            values[low], values[high] = values[high], values[low]
    return ImageQuery(
        **values,
        trashed=draw(st.booleans()),
        sort=draw(st.sampled_from(SORT_KEYS.names())),
        descending=draw(st.sampled_from([None, True, False])),
    )


def walked(service, query, limit):
    """All pages forwards, by their cursors."""
    found, after = [], None
    while True:
        page = service.page(query, after=after, limit=limit)
        found += [one.id for one in page.items]
        if page.after is None:
            return found
        after = page.after


def walked_back(service, query, limit):
    last = service.page(query, limit=500).items[-1:]
    found, before = [one.id for one in last], last[0].cursor if last else None
    while before is not None:
        page = service.page(query, before=before, limit=limit)
        found = [one.id for one in page.items] + found
        before = page.before
    return found


@settings(max_examples=60, deadline=None)
@given(query=queries(), limit=st.integers(2, 20), looked_at=st.integers(0, 100))
def test_pages_neighbours_counts_and_positions_agree_with_the_rows(world, query, limit, looked_at):
    service, made = world
    wanted = expected(query, *made)
    assert service.ids(query) == wanted
    assert walked(service, query, limit) == wanted
    assert walked_back(service, query, limit) == wanted
    assert service.count(query) == len(wanted)
    assert service.count(query, most=3) == min(4, len(wanted))
    if wanted:
        at = looked_at % len(wanted)
        beside = service.neighbours(query, wanted[at])
        assert beside.previous == (wanted[at - 1] if at else None)
        assert beside.next == (wanted[at + 1] if at + 1 < len(wanted) else None)
        assert service.position(query, wanted[at]) == at
        around = [one.id for one in service.around(query, wanted[at], each_side=limit).items]
        assert around == wanted[max(0, at - limit) : at + limit + 1]
        assert service.following(query, wanted[at], 3) == wanted[at + 1 : at + 4]
    numbered = [one.id for one in service.images_from(query, looked_at, limit=limit)]
    assert numbered == wanted[looked_at : looked_at + limit]
    assert service.images_from(query, 10**30) == ()


@settings(max_examples=100, deadline=None)
@given(query=queries())
def test_a_query_survives_its_address(query):
    assert ImageQuery.from_params(query.to_params()) == query


@settings(max_examples=60, deadline=None)
@given(query=queries())
def test_each_filter_can_be_left_out(query):
    """All that a query asks is in one of its filters, and leaving out all of them leaves the order."""
    wider = query.without_each()
    for name, one in wider.items():
        gone = set(query.to_params()) - set(one.to_params())
        assert gone
        assert gone <= {name, f"{name}_from", f"{name}_to"}
        query = query.without_each()[name]
    assert set(query.to_params()) <= {"sort", "descending"}


def test_an_image_that_does_not_fit_has_neighbours_all_the_same(world):
    """Someone walks the images to do, and marks one done: the next one is still the next one."""
    service, made = world
    order = expected(ImageQuery(sort="name"), *made)
    todo = ImageQuery(sort="name", state=ImageState.TODO)
    fitting = expected(todo, *made)
    for image in order[::5]:
        before = [one for one in order[: order.index(image)] if one in fitting]
        after = [one for one in order[order.index(image) + 1 :] if one in fitting]
        beside = service.neighbours(todo, image)
        assert beside.previous == (before[-1] if before else None)
        assert beside.next == (after[0] if after else None)


def test_an_unknown_image_has_none(world):
    with pytest.raises(NotFound, match="there is no image"):
        world[0].neighbours(ImageQuery(), image_id(10**6))


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"colour": "red"}, "images cannot be looked for by 'colour': there are text, category"),
        ({"status": "rejected"}, "status: 'rejected' is not one of proposed, accepted"),
        ({"state": "finished"}, "state: 'finished' is not one of todo, in_progress, done, nothing"),
        ({"version": "-1"}, "version: '-1' is not a whole number from 0"),
        ({"version": "٣"}, "version: '٣' is not a whole number"),
        ({"version": "9" * 400}, "is not a whole number"),
        ({"score_to": "nan"}, "score_to: 'nan' is not a number from 0 to 1"),
        ({"score_to": "1.5"}, "score_to: '1.5' is not"),
        ({"score_from": "0.9", "score_to": "0.5"}, "score_from 0.9 is after score_to 0.5: no image"),
        ({"added_from": "yesterday"}, "added_from: 'yesterday' is not a day such as"),
        ({"added_from": "2026-02-30"}, "is not a day"),
        ({"added_to": "0001-01-01T00:00:00+23:00"}, "is not a day"),
        ({"flagged": "yes"}, "flagged: 'yes' is not true or false"),
        ({"text": "a\x00b"}, r"text: 'a\\x00b' is not text of 1 to 500 printable characters"),
        ({"text": "x" * 501}, "is not text of 1 to 500"),
        ({"tag": "  "}, "tag: '  ' is not text"),
        ({"sort": "colour"}, "sort: 'colour' is not one of added, name"),
    ],
)
def test_what_cannot_be_used_is_named(params, said):
    with pytest.raises(InvalidInput, match=said):
        ImageQuery.from_params(params)


def test_a_day_is_meant_from_its_first_to_its_last_moment():
    query = ImageQuery.from_params({"changed_from": "2026-03-01", "changed_to": "2026-03-01"})
    assert query.changed_from.isoformat() == "2026-03-01T00:00:00+00:00"
    assert query.changed_to.isoformat() == "2026-03-01T23:59:59.999999+00:00"


def test_an_unknown_category_is_named(world):
    with pytest.raises(InvalidInput, match="there is no category 'cells'"):
        world[0].count(ImageQuery(category="cells"))


@settings(max_examples=60, deadline=None)
@given(text=st.one_of(st.text(max_size=60), st.from_regex(r"[A-Za-z0-9_-]{0,80}", fullmatch=True)))
def test_no_text_is_a_cursor_by_accident(world, text):
    with pytest.raises(InvalidInput, match=r"is no cursor|is of another order"):
        world[0].page(ImageQuery(sort="name"), after=text)


@pytest.mark.parametrize("content", [
    '["name_key", 0, "a\\u0000", 1]', '["name_key", 0, "\\ud800", 1]', '["name_key", 0, 3, 1]',
    '["name_key", 0, "a", -1]', '["name_key", 0, "a", true]', '["name_key", 0, "a", 99999999999999999999]',
    '[[], 0, "a", 1]', "[" * 1500,
])  # fmt: skip
def test_a_forged_cursor_is_refused(world, content):
    import base64

    text = base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")
    with pytest.raises(InvalidInput, match="cursor"):
        world[0].page(ImageQuery(sort="name"), after=text)


def test_a_cursor_is_of_its_order(world):
    service, _ = world
    for sort, other in itertools.permutations(["added", "name", "score"], 2):
        cursor = service.page(ImageQuery(sort=sort), limit=2).after
        with pytest.raises(InvalidInput, match="of another order"):
            service.page(ImageQuery(sort=other), after=cursor)
        with pytest.raises(InvalidInput, match="of another order"):
            service.page(ImageQuery(sort=sort, descending=True), after=cursor)


@pytest.mark.parametrize("limit", [0, -1, 501])
def test_a_page_has_a_size(world, limit):
    with pytest.raises(InvalidInput, match="1 to 500"):
        world[0].page(ImageQuery(), limit=limit)


def test_a_page_goes_on_where_it_ended_though_images_came_and_went(tmp_path):
    database = open_database(f"sqlite:///{tmp_path / 'studio.db'}")
    fill(database, 30)
    service, query = ImageQueryService(database=database), ImageQuery(sort="name")
    before = service.ids(query)
    page = service.page(query, limit=5)
    with database.write() as session:
        from sqlalchemy import delete

        from samstudio.db.tables import AnnotationRow, ImageRow

        session.execute(delete(AnnotationRow).where(AnnotationRow.image_id == page.items[-1].id))
        session.execute(delete(ImageRow).where(ImageRow.id == page.items[-1].id))
    rest = service.page(query, after=page.after, limit=500)
    assert [one.id for one in rest.items] == before[5:]
    assert replace(rest.items[0].image, id="") != rest.items[0].image
    database.close()


@settings(max_examples=60, deadline=None)
@given(query=queries(), own=st.integers(0, 59), found=st.integers(0, 100), each_side=st.integers(1, 9))
def test_an_image_stays_where_it_was_found_wherever_it_is_now(world, query, own, found, each_side):
    """As after a change of it: its place is that of another one, and it fits or does not."""
    service, _made = world
    every = service.page(query, limit=500).items
    if not every:
        return
    place, moved = every[found % len(every)], image_id(own)
    ids = [one.id for one in every]
    assert service.fits(query, moved) == (moved in ids)
    at = ids.index(place.id)
    before = [one for one in ids[:at] if one != moved]
    behind = [one for one in ids[at + 1 :] if one != moved]
    beside = service.neighbours(query, moved, at=place.cursor)
    assert beside.previous == next(iter(before[::-1]), None)
    assert beside.next == next(iter(behind), None)
    assert service.position(query, moved, at=place.cursor) == len(before)
    around = service.around(query, moved, each_side=each_side, at=place.cursor)
    assert [one.id for one in around.items] == [*before[-each_side:], moved, *behind[:each_side]]
    assert (around.before is None, around.after is None) == (
        len(before) <= each_side,
        len(behind) <= each_side,
    )
    assert next(one.cursor for one in around.items if one.id == moved) == place.cursor
    unfinished = {one.id for one in every if one.state in (ImageState.TODO, ImageState.IN_PROGRESS)}
    onwards = [one for one in (*behind, *ids) if one in unfinished and one != moved]
    assert service.next_unfinished(query, moved, at=place.cursor) == next(iter(onwards), None)
