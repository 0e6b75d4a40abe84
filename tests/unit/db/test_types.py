from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, insert, select

from samstudio.db.types import UtcDateTime, utc_now


@pytest.fixture
def table():
    engine = create_engine("sqlite://")
    made = Table("t", MetaData(), Column("id", Integer, primary_key=True), Column("at", UtcDateTime()))
    made.metadata.create_all(engine)
    with engine.connect() as connection:
        yield made, connection
    engine.dispose()


def test_moments_come_back_in_utc(table):
    made, connection = table
    tokyo = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=timezone(timedelta(hours=9)))
    connection.execute(insert(made).values(at=tokyo))
    found = connection.execute(select(made.c.at)).scalar_one()
    assert found == tokyo
    assert found.tzinfo is UTC


def test_no_moment_is_no_moment(table):
    made, connection = table
    connection.execute(insert(made).values(at=None))
    assert connection.execute(select(made.c.at)).scalar_one() is None


def test_naive_moments_are_a_mistake():
    with pytest.raises(ValueError, match="needs a time zone"):
        UtcDateTime().process_bind_param(datetime(2026, 1, 1), None)


def test_an_aware_result_is_turned_to_utc():
    """As Postgres returns them."""
    found = UtcDateTime().process_result_value(
        datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=2))), None
    )
    assert found.utcoffset() == timedelta(0)


def test_now_is_aware():
    assert utc_now().tzinfo is UTC
