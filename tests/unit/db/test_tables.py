from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex, CreateTable

from samstudio.db.tables import Base


def test_the_tables_are_spelled_in_both_databases():
    for dialect in (postgresql.dialect(), sqlite.dialect()):
        for table in Base.metadata.sorted_tables:
            assert str(CreateTable(table).compile(dialect=dialect))
            for index in table.indexes:
                assert str(CreateIndex(index).compile(dialect=dialect))


def test_numbers_are_never_handed_out_twice_in_sqlite():
    for table in Base.metadata.sorted_tables:
        if all(
            column.foreign_keys or column.type.python_type is str or column.autoincrement is False
            for column in table.primary_key
        ):
            continue  # its key is another table's, or always said: no number is handed out
        assert "AUTOINCREMENT" in str(CreateTable(table).compile(dialect=sqlite.dialect()))


def test_every_foreign_key_that_is_searched_has_an_index():
    searched = {"annotations.image_id", "annotations.category_id", "job_points.job_id", "evaluations.version"}
    indexed = {
        f"{table.name}.{next(iter(index.columns)).name}"
        for table in Base.metadata.sorted_tables
        for index in table.indexes
    }
    assert searched <= indexed
