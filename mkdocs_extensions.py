"""What the reference (mkdocstrings, by griffe) must be told about this code."""

from __future__ import annotations

from typing import Any

import griffe


class LazyAttributes(griffe.Extension):
    """Shows what `samstudio.lazy.lazy` decorates as the attribute that it is, not as a method."""

    def on_function(self, *, func: griffe.Function, **_: Any) -> None:
        """Put an attribute in a lazy method's place."""
        if func.parent is None or not any(one.callable_path.endswith(".lazy") for one in func.decorators):
            return
        attribute = griffe.Attribute(
            func.name, annotation=func.returns, docstring=func.docstring, lineno=func.lineno
        )
        attribute.labels.add("property")
        func.parent.set_member(func.name, attribute)
