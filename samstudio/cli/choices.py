"""Commands whose options and help read a registry when they are asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal, cast

from typer.core import TyperCommand

from samstudio.registry import Registry


def with_choices(**registries: Callable[[], Registry[Any]]) -> type[TyperCommand]:
    """Return a class of command whose options of these names take one of a registry's names.

    Each registry is a function that imports it: a command line that runs
    another command need not. It is read whenever help or arguments are.
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


def listing(text: Callable[[], str]) -> type[TyperCommand]:
    """Return a class of command whose help ends with ``text``, made when help is asked for."""

    class ListingCommand(TyperCommand):
        """A command with such an end."""

        def format_help(self, ctx: Any, formatter: Any) -> None:
            """Write the help page, with what there is now."""
            self.epilog = text()
            super().format_help(ctx, formatter)

    return ListingCommand
