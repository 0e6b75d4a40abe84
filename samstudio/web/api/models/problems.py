"""Failures as RFC 9457 problem details."""

from __future__ import annotations

from pydantic import Field

from samstudio.web.api.models.annotations import AnnotationInfo
from samstudio.web.api.models.base import Reply


class FieldProblem(Reply):
    """One field of a request that is not as documented."""

    field: str = Field(description="Where: `body`, `query`, `path` or `header`, then the names, by dots.")
    message: str
    code: str = Field(description="The kind of mistake, for programs.")


class Problem(Reply):
    """A failure (RFC 9457): ``detail`` says what happened and what to do, in words for a person."""

    type: str = Field(
        description="A stable name of the kind of failure; `about:blank` says no more than the status.",
        examples=["urn:samstudio:problem:not-found"],
    )
    title: str = Field(examples=["Not found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["there is no version 7"])
    instance: str | None = Field(None, description="The address asked for.", examples=["/api/v1/versions/7"])
    errors: list[FieldProblem] | None = Field(None, description="The fields, where the request is malformed.")
    current: AnnotationInfo | None = Field(
        None, description="The annotation as it now is, where it was changed by someone else."
    )
