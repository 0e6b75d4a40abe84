"""segment-anything's own code, to compare ours with, and seeded random weights for it."""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import torch
from PIL import Image

from samstudio.sam import modeling
from samstudio.sam.decoder import SamDecoder


def random_state(seed: int = 0) -> dict[str, torch.Tensor]:
    """A full decoder state (``prompt_encoder.``, ``mask_decoder.``) with stock's own initialisation."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        prompt_encoder = modeling.PromptEncoder(
            embed_dim=256, image_embedding_size=(64, 64), input_image_size=(1024, 1024), mask_in_chans=16
        )
        mask_decoder = modeling.MaskDecoder(
            transformer=modeling.TwoWayTransformer(depth=2, embedding_dim=256, mlp_dim=2048, num_heads=8),
            transformer_dim=256,
        )
    parts = {"prompt_encoder": prompt_encoder, "mask_decoder": mask_decoder}
    return {
        f"{owner}.{name}": value for owner, part in parts.items() for name, value in part.state_dict().items()
    }


def random_decoder(seed: int = 0) -> SamDecoder:
    return SamDecoder.from_state(random_state(seed))


def stock_answer(
    decoder: SamDecoder,
    features: torch.Tensor,
    *,
    points: tuple[torch.Tensor, torch.Tensor] | None = None,
    boxes: torch.Tensor | None = None,
    masks: torch.Tensor | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Stock's modules on one image (1x256x64x64): masks and IoUs of all four tokens."""
    sparse, dense = decoder.prompt_encoder(points=points, boxes=boxes, masks=masks)
    masks_out, iou = decoder.mask_decoder.predict_masks(
        image_embeddings=features,
        image_pe=decoder.prompt_encoder.get_dense_pe(),
        sparse_prompt_embeddings=sparse,
        dense_prompt_embeddings=dense,
    )
    return masks_out, iou


def stock_sam() -> Any:
    """Enough of a ``Sam`` for its ``preprocess`` and ``postprocess_masks`` to run unbound."""
    return SimpleNamespace(
        image_encoder=SimpleNamespace(img_size=1024),
        pixel_mean=torch.tensor([123.675, 116.28, 103.53]).view(-1, 1, 1),
        pixel_std=torch.tensor([58.395, 57.12, 57.375]).view(-1, 1, 1),
    )


def stock_sam_class() -> Any:
    return sys.modules["samstudio.sam._segment_anything_modeling"].Sam


def stock_resize(monkeypatch: Any) -> Any:
    """Stock's ``ResizeLongestSide(1024)``, with torchvision's two PIL functions stood in for.

    ``torchvision.transforms.functional.resize`` of a PIL image to (H, W) is
    ``image.resize((W, H), BILINEAR)``; ``to_pil_image`` of uint8 HxWx3 is ``Image.fromarray``.
    """
    functional = ModuleType("torchvision.transforms.functional")
    functional.resize = lambda image, size: image.resize((size[1], size[0]), Image.Resampling.BILINEAR)  # type: ignore[attr-defined]
    functional.to_pil_image = lambda pixels: Image.fromarray(np.asarray(pixels))  # type: ignore[attr-defined]
    for name in ("torchvision", "torchvision.transforms"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, functional.__name__, functional)
    package = importlib.machinery.PathFinder.find_spec("segment_anything")
    assert package is not None
    assert package.submodule_search_locations
    path = Path(next(iter(package.submodule_search_locations))) / "utils" / "transforms.py"
    spec = importlib.util.spec_from_file_location("stock_transforms", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.ResizeLongestSide(1024)


def stock_package(name: str) -> Any:
    """``segment_anything.<name>`` (``build_sam``, ``utils.onnx``), whose ``__init__`` needs torchvision."""
    package = "stock_segment_anything"
    found = importlib.machinery.PathFinder.find_spec("segment_anything")
    assert found is not None
    assert found.submodule_search_locations
    if package not in sys.modules:
        module = ModuleType(package)
        module.__path__ = list(found.submodule_search_locations)
        utils = ModuleType(f"{package}.utils")
        utils.__path__ = [str(Path(module.__path__[0]) / "utils")]
        modeling_package = sys.modules["samstudio.sam._segment_anything_modeling"]
        sys.modules |= {package: module, utils.__name__: utils, f"{package}.modeling": modeling_package}
    return importlib.import_module(f"{package}.{name}")
