"""Commands whose options and help are read from a registry when they are needed."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal, cast

from typer.core import TyperCommand

from samstudio.registry import Registry


def with_choices(**registries: Callable[[], Registry[Any]]) -> type[TyperCommand]:
    """Return a class of command whose options of these names take one of a registry's names.

    Each registry is a function that imports it, so that a command line that runs
    another command does not. It is read whenever help or arguments are.
    """

    class RegistryCommand(TyperCommand):
        """A command with such options."""

        def get_params(self, ctx: Any) -> list[Any]:
            """Return the parameters, the options with the choices that there are now."""
            parameters: list[Any] = super().get_params(ctx)
            for one in parameters:
                if one.name in registries:
                    choices = cast(Any, Literal)[registries[one.name]().names()]
                    one.type_descriptor = replace(one.type_descriptor, annotation=choices)
            return parameters

    return RegistryCommand


SOURCES = "samstudio.sources"
"""Where the context's ``meta`` holds the values of the options that `with_sources` adds."""


def with_sources(like: str, registry: Callable[[], Registry[Any]]) -> type[TyperCommand]:
    """Return a class of command with one more option, a path, for each object of a registry.

    Args:
        like: the option whose kind of path the others take, after which they come.
        registry: imports the registry; objects of the name ``like`` have no option of their own.
    """

    class SourcesCommand(TyperCommand):
        """A command with such options."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._options: dict[str, Any] = {}

        def get_params(self, ctx: Any) -> list[Any]:
            """Return the parameters, with the options that there are now."""
            parameters: list[Any] = super().get_params(ctx)
            index, model = next((i, one) for i, one in enumerate(parameters) if one.name == like)
            added = [self._option(one, model) for one in registry() if one.name != like]
            return [*parameters[: index + 1], *added, *parameters[index + 1 :]]

        def _option(self, one: Any, model: Any) -> Any:
            """Return the option of one object; the same at each call, as the parser wants it."""
            if one.name not in self._options:
                option = self._options[one.name] = copy(model)
                option.name, option.opts = one.name, [f"--{one.name}"]
                option.help = f"{one.description[0].upper()}{one.description[1:]}."
                option.required, option.expose_value, option.callback = False, False, _keep_source
            return self._options[one.name]

    return SourcesCommand


def _keep_source(ctx: Any, option: Any, value: Path | None) -> None:
    ctx.meta.setdefault(SOURCES, {})[option.name] = value


def listing(text: Callable[[], str]) -> type[TyperCommand]:
    """Return a class of command whose help ends with ``text``, made when help is asked for."""

    class ListingCommand(TyperCommand):
        """A command with such an end."""

        def format_help(self, ctx: Any, formatter: Any) -> None:
            """Write the help page, with what there is now."""
            self.epilog = text()
            super().format_help(ctx, formatter)

    return ListingCommand
