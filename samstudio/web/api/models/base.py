"""What all models share: bases of requests, queries and replies, pages, identifiers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from fastapi import Path
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    model_validator,
)
from pydantic_core import core_schema

from samstudio.registry import Registry
from samstudio.services.notes import LONGEST_NOTE

T = TypeVar("T")

LARGEST_ID = 2**31 - 1
MAX_PAGE = 500

ImageId = Annotated[
    str,
    Path(
        pattern=r"^[0-9a-f]{64}$",
        description="SHA-256 of the image's pixels.",
        examples=["8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4"],
    ),
]
MOST_IDS = 100_000
ImageIds = Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=MOST_IDS)]
"""The images of an action on many."""

AnnotationId = Annotated[int, Path(ge=1, le=LARGEST_ID, examples=[7])]
CategoryId = Annotated[int, Path(ge=1, le=LARGEST_ID, examples=[1])]
JobId = Annotated[int, Path(ge=1, le=LARGEST_ID, examples=[1])]
VersionNumber = Annotated[int, Path(ge=0, le=LARGEST_ID, examples=[1], description="0 is stock.")]
VersionName = Annotated[
    str,
    Path(
        pattern=r"^(live|0|[1-9][0-9]{0,8})$",
        description="`live`, or a number; 0 is stock.",
        examples=["live"],
    ),
]

NoteText = Annotated[str, Field(max_length=LONGEST_NOTE, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
VersionChoice = Literal["live"] | Annotated[int, Field(ge=0, le=LARGEST_ID)]
MaskFormat = Literal["rle", "polygons", "png"]
Status = Literal["proposed", "accepted", "rejected"]


@dataclass(frozen=True)
class OneOf:
    """A constraint of a string to the names in a registry, read at each request and for each schema.

    ``also``: one more name, with its description.
    """

    registry: Registry[Any]
    also: tuple[str, str] | None = None

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        return core_schema.no_info_after_validator_function(self._known, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        choices = [self.also] if self.also else []
        choices += [(one.name, one.description) for one in self.registry]
        said = "; ".join(f"`{name}`: {description}" for name, description in choices)
        return {**handler(schema), "enum": [name for name, _ in choices], "description": f"{said}."}

    def _known(self, name: str) -> str:
        """Return the name; the registry raises for an unknown one, with a sentence for a person."""
        if not self.also or name != self.also[0]:
            self.registry.get(name)
        return name


class Body(BaseModel):
    """A request's JSON: no unknown fields, no guessing between types, no infinities."""

    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class ChosenImages(Body):
    """Images chosen one way: by their ids, or by a query without some."""

    images: ImageIds | None = None
    query: dict[str, str] | None = Field(None, description="All images that it finds.")
    without: ImageIds = Field([], description="With a query: but not these.")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.images is None) == (self.query is None):
            raise ValueError("give images or a query, one of both")
        if self.without and self.query is None:
            raise ValueError("without is for a query: leave those out of images")
        return self


def example(*values: dict[str, Any]) -> ConfigDict:
    """Return a model configuration that gives the documentation examples; `Body`'s is inherited."""
    return ConfigDict(json_schema_extra={"examples": list(values)})


class Query(BaseModel):
    """A request's query; an unknown parameter is refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class Reply(BaseModel):
    """A reply's JSON, made from the domain's types."""

    model_config = ConfigDict(from_attributes=True)


def _as_json(value: Any) -> Any:
    return value.to_json() if hasattr(value, "to_json") else value


AsJson = Annotated[Mapping[str, Any], BeforeValidator(_as_json)]
"""One of `samstudio.records`' types as the JSON object that it is stored as."""


class PageQuery(Query):
    """The part of a list that is asked for."""

    offset: int = Field(0, ge=0, le=LARGEST_ID, description="How many to pass over.")
    limit: int = Field(100, ge=1, le=MAX_PAGE, description=f"How many to give, at most {MAX_PAGE}.")


class Page(Reply, Generic[T]):
    """A part of a list: ``total`` counts the whole of it."""

    items: list[T]
    total: int
    offset: int
    limit: int


def version_number(name: str | int) -> int | None:
    """Return a version's number; None for ``live``."""
    return None if name == "live" else int(name)
