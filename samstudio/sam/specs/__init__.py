"""The models that can be served, one module an image encoder or family of them."""

from __future__ import annotations

from samstudio.registry import Registry
from samstudio.sam.specs.spec import CheckpointSpec, ModelSpec
from samstudio.sam.specs.vit import VIT_B, VIT_H, VIT_L
from samstudio.sam.specs.vit_t import VIT_T

__all__ = ["MODELS", "CheckpointSpec", "ModelSpec"]

MODELS: Registry[ModelSpec] = Registry("model", (VIT_T, VIT_B, VIT_L, VIT_H))
"""By the name that ``SAMSTUDIO_MODEL`` takes."""
