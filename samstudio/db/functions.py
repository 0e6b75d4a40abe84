"""SQL that the databases spell differently."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class text_position(FunctionElement[int]):  # noqa: N801  (named as SQL functions are)
    """Where the second text begins in the first, from 1; 0 where it is not in it. With case."""

    type = Integer()
    inherit_cache = True


@compiles(text_position, "sqlite")
def _sqlite(element: text_position, compiler: Any, **options: Any) -> str:
    return f"instr({compiler.process(element.clauses, **options)})"


@compiles(text_position)
def _postgresql(element: text_position, compiler: Any, **options: Any) -> str:
    return f"strpos({compiler.process(element.clauses, **options)})"


class distinct_items(FunctionElement[list[Any]]):  # noqa: N801
    """The different values of a column in a group, as a list in any order: an aggregate."""

    type = JSON()
    inherit_cache = True


@compiles(distinct_items, "sqlite")
def _sqlite_distinct(element: distinct_items, compiler: Any, **options: Any) -> str:
    return f"json_group_array(DISTINCT {compiler.process(element.clauses, **options)})"


@compiles(distinct_items)
def _postgresql_distinct(element: distinct_items, compiler: Any, **options: Any) -> str:
    return f"json_agg(DISTINCT {compiler.process(element.clauses, **options)})"


class unindexed(FunctionElement[Any]):  # noqa: N801
    """A column spelled so that no index is used for it: where a database would choose one badly."""

    inherit_cache = True

    def __init__(self, column: Any) -> None:
        super().__init__(column)
        self.type = column.type
        self.is_key = bool(column.primary_key)


@compiles(unindexed, "sqlite")
def _sqlite_unindexed(element: unindexed, compiler: Any, **options: Any) -> str:
    column = compiler.process(element.clauses, **options)
    # Rows lie in the order of their key: to pass over all of them is to follow it.
    return str(column) if element.is_key else f"+{column}"


@compiles(unindexed)
def _postgresql_unindexed(element: unindexed, compiler: Any, **options: Any) -> str:
    spelled = _NOTHING_ADDED.get(element.type.python_type, "({} + 0)")
    return spelled.format(compiler.process(element.clauses, **options))


_NOTHING_ADDED = {bool: "{}", str: "({} || '')", datetime: "({} + interval '0')"}
"""Of each type but numbers, how Postgres is told. A boolean is left: it is half of all rows, or none."""
