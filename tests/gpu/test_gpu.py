"""What only a CUDA device can show. Skipped without one, and said so."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch

from samstudio.domain import Embedding, Prompt
from samstudio.sam.predictor import LivePredictor
from samstudio.tuning.recipe import Recipe
from samstudio.tuning.trainer import Trainer
from tests.unit.sam.stock import random_decoder
from tests.unit.tuning.fakes import Embeddings, samples

pytestmark = [
    pytest.mark.alone,
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device on this machine"),
]


def test_the_predictor_answers_as_on_the_cpu() -> None:
    stock = random_decoder()
    features = np.random.default_rng(0).normal(size=(256, 64, 64)).astype(np.float16)
    embedding = Embedding(features, (300, 400), (768, 1024))
    prompts = [Prompt(box=(10, 20, 200, 250)), Prompt(point_coords=((50, 60),), point_labels=(1,))]
    answers = [
        LivePredictor(stock=copy.deepcopy(stock), load=dict, live=lambda: 0, device=device).predict(
            embedding, prompts
        )
        for device in ("cpu", "cuda")
    ]
    for on_cpu, on_gpu in zip(*answers, strict=True):
        np.testing.assert_allclose(on_gpu.low_res_logits, on_cpu.low_res_logits, rtol=1e-2, atol=1e-2)


def test_a_training_step_moves_weights_on_the_device() -> None:
    start = random_decoder().to("cuda")
    trainer = Trainer(start=start, samples=samples(3), embedding=Embeddings(), recipe=Recipe(batch=2), seed=0)
    assert np.isfinite(trainer.step(0.5))
    assert trainer.decoder.device.type == "cuda"
    moved = trainer.state()
    assert any(not torch.equal(moved[name], value) for name, value in start.decoder_state().items())
