"""The watch with real weights: a decoder that noise has spoilt is taken back, on what a person accepts."""

from __future__ import annotations

import io
from pathlib import Path

import torch
from PIL import Image

from samstudio.config import Settings
from samstudio.domain import NewAnnotation
from samstudio.masks import label_rles
from samstudio.project import open_project
from samstudio.sam.decoder import save_decoder
from samstudio.services.watch.types import TAKEN_BACK
from tests.synthetic import picture

NOISE = 1.0
"""Of each tensor's spread: its answers have little to do with the objects any more."""

PICTURES = 10


def test_a_spoilt_decoder_is_taken_back(tmp_path: Path) -> None:
    with open_project(Settings(storage=tmp_path)) as project:
        state = project.engine.model.stock.decoder_state()
        generator = torch.Generator().manual_seed(0)
        spoilt = {
            name: values + NOISE * values.std() * torch.randn(values.shape, generator=generator)
            if values.numel() > 1
            else values
            for name, values in state.items()
        }
        made = project.versions.create(
            write=lambda path: save_decoder(path, spoilt, {"model": "vit_t"}), reason="spoilt", promote=True
        )
        objects = 0
        for seed in range(PICTURES):
            pixels, labels = picture(seed, size=128)
            buffer = io.BytesIO()
            Image.fromarray(pixels).save(buffer, format="PNG")
            image = project.images.add(buffer.getvalue(), filename=f"{seed}.png").image
            project.predictions.prepare(image.id)
            for rle in label_rles(labels):
                project.annotations.add(NewAnnotation(image.id, "thing", rle))
                objects += 1
            while project.watch.step():
                pass
            if project.versions.live().number == 0:
                break
        assert objects <= 30
        taken = project.watch.taken_back()
        assert taken is not None
        assert (taken.version, taken.to) == (made.number, 0)
        assert project.versions.moves()[0].code == TAKEN_BACK
