"""A scoring protocol is one object: once it is registered, scores, gate, page and command line have it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from typer.testing import CliRunner

from samstudio.cli.app import app
from samstudio.domain import Prompt
from samstudio.records import Compared, VersionScores
from samstudio.sam.decoder import SamDecoder
from samstudio.services.evaluations import chosen_protocols
from samstudio.tuning.data.samples import Sample
from samstudio.tuning.evaluation import evaluate
from samstudio.tuning.gate import Guard, decide, sentence
from samstudio.tuning.protocols import (
    PROTOCOLS,
    ScoringProtocol,
    decoder_passes,
    guard_protocols,
    most_corrections,
)
from samstudio.web.page.versions.scores import judged_html
from tests.unit.tuning.fakes import Embeddings, evidence, examples
from tests.unit.web.fakes import version_of

prompted: list[Sample] = []


def _whole_image(sample: Sample) -> Prompt:
    prompted.append(sample)
    return Prompt(box=(0.0, 0.0, sample.size[1] - 1.0, sample.size[0] - 1.0))


WHOLE = ScoringProtocol("whole", "a box around the image", "Whole image", "whole images", _whole_image)
WHOLE_AND_CLICK = ScoringProtocol("whole1", "and a click", "And a click", "clicks", _whole_image, 1)


@pytest.fixture(autouse=True)
def _registered() -> Iterator[None]:
    prompted.clear()
    with PROTOCOLS.added(WHOLE), PROTOCOLS.added(WHOLE_AND_CLICK):
        yield


def test_a_decoder_is_scored_by_it_and_prompts_alike_are_decoded_once(decoder: SamDecoder) -> None:
    found = evaluate(decoder, examples(2), Embeddings(), ["box", "whole", "whole1"])
    assert list(found.mious()) == ["box", "whole", "whole1"]
    assert len(prompted) == 2
    assert list(most_corrections([WHOLE_AND_CLICK, WHOLE]).values()) == [1]
    assert decoder_passes([*PROTOCOLS]) == 1 + 1 + 3 + 2


def test_the_command_line_takes_it_and_lists_it() -> None:
    assert chosen_protocols(["whole"]) == ("box", "whole")
    assert chosen_protocols(["all"])[-2:] == ("whole", "whole1")
    told = CliRunner().invoke(app, ["evaluate", "--help"], terminal_width=400).output
    assert "whole: a box around the image" in " ".join(told.split())


def test_the_gate_guards_it() -> None:
    assert WHOLE in guard_protocols()
    base = np.linspace(0.6, 0.8, 8)
    verdict = decide(evidence(base, base + 0.05, guards=[Guard("whole", base, base - 0.3)]))
    assert verdict.code == "other-prompts-worse"
    assert "but whole images got worse" in sentence(verdict)


def test_the_page_shows_its_scores_under_its_label() -> None:
    scores = VersionScores(0.6, None, 0.7, protocols={"whole": Compared(base=0.5, candidate=0.6)})
    version = replace(version_of(1, promoted=False, reason=""), scores=scores)
    assert "Whole image" in judged_html(version)
