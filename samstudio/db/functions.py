"""SQL that the databases spell differently."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Integer
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


class unindexed(FunctionElement[Any]):  # noqa: N801
    """A column that SQLite uses no index for: where it would choose one badly. Postgres has statistics."""

    inherit_cache = True

    def __init__(self, column: Any) -> None:
        super().__init__(column)
        self.type = column.type


@compiles(unindexed, "sqlite")
def _sqlite_unindexed(element: unindexed, compiler: Any, **options: Any) -> str:
    return f"+{compiler.process(element.clauses, **options)}"


@compiles(unindexed)
def _plain(element: unindexed, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.clauses, **options))
