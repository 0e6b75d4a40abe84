"""The documentation is under test: what is not documented fails."""

from pathlib import Path

import pytest
from typer.main import get_command

from samstudio.cli import app
from samstudio.config import Settings

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_each_setting_is_documented(name: str) -> None:
    assert f"`SAMSTUDIO_{name.upper()}`" in (DOCS / "settings.md").read_text()


@pytest.mark.parametrize("name", get_command(app).commands)  # type: ignore[attr-defined]
def test_each_command_is_documented_with_its_options(name: str) -> None:
    page = (DOCS / "command-line.md").read_text()
    command = get_command(app).commands[name]  # type: ignore[attr-defined]
    row = next((line for line in page.splitlines() if line.startswith(f"| `{name}")), None)
    assert row is not None, f"no row for {name}"
    options = {option for parameter in command.params for option in parameter.opts if option.startswith("--")}
    missing = {option for option in options - {"--json", "--help"} if option not in row}
    assert not missing
