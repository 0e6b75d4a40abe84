"""segment_anything's modules, without executing that package's ``__init__``.

``segment_anything/__init__.py`` imports torchvision for its predictor and its
automatic mask generator, which we don't use, and torchvision's wheels refuse a
CPU build of torch (``operator torchvision::nms does not exist``). The
``modeling`` subpackage itself needs torch alone and imports its siblings
relatively, so it can be loaded under a name of our own.

Responsible for building the modules with SAM's sizes; not for their weights.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from torch import nn

_ALIAS = "samstudio.sam._segment_anything_modeling"


def _import_modeling() -> ModuleType:
    """Import ``segment_anything.modeling`` under our alias, once a process."""
    if _ALIAS in sys.modules:
        return sys.modules[_ALIAS]
    package = importlib.machinery.PathFinder.find_spec("segment_anything")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError("segment_anything is not installed: run `make setup`")
    folder = Path(next(iter(package.submodule_search_locations))) / "modeling"
    spec = importlib.util.spec_from_file_location(
        _ALIAS, folder / "__init__.py", submodule_search_locations=[str(folder)]
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[_ALIAS] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[_ALIAS]
        raise
    return module


_modeling = _import_modeling()
PromptEncoder: Any = _modeling.PromptEncoder
MaskDecoder: Any = _modeling.MaskDecoder
TwoWayTransformer: Any = _modeling.TwoWayTransformer
ImageEncoderViT: Any = _modeling.ImageEncoderViT

EMBED_DIM = 256
EMBED_SIDE = 64
IMAGE_SIDE = 1024


def build_prompt_encoder() -> nn.Module:
    """Build SAM's prompt encoder on the meta device; its weights are then loaded with ``assign=True``.

    Meta, here, below and in `samstudio.sam.specs.vit`, so that building neither spends time on random
    weights nor draws from the global random generator of a seeded training.
    """
    with torch.device("meta"):
        encoder: nn.Module = PromptEncoder(
            embed_dim=EMBED_DIM,
            image_embedding_size=(EMBED_SIDE, EMBED_SIDE),
            input_image_size=(IMAGE_SIDE, IMAGE_SIDE),
            mask_in_chans=16,
        )
    return encoder


def build_mask_decoder() -> nn.Module:
    """Build SAM's mask decoder on the meta device: a two-way transformer of depth 2, four mask tokens."""
    with torch.device("meta"):
        decoder: nn.Module = MaskDecoder(
            num_multimask_outputs=3,
            transformer=TwoWayTransformer(depth=2, embedding_dim=EMBED_DIM, mlp_dim=2048, num_heads=8),
            transformer_dim=EMBED_DIM,
            iou_head_depth=3,
            iou_head_hidden_dim=256,
        )
    return decoder
