"""What other tools call things is said in every language; `test_sources` passes over what is no prose."""

import re

from samstudio.web.i18n.catalogues import catalogue
from tests.processes import ROOT

SOURCE = ROOT / "samstudio/web/page/canvas/js/commands/other_words.js"
ENTRY = re.compile(r'^  \w+: "([^"]+)",$', re.MULTILINE)


def test_words_of_other_tools_have_japanese() -> None:
    words = ENTRY.findall(SOURCE.read_text(encoding="utf-8"))
    assert len(words) > 40
    assert [one for one in words if one not in catalogue("ja")] == []
