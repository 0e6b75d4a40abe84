"""The ViT image encoders of Segment Anything as published: ``vit_b``, ``vit_l`` and ``vit_h``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from samstudio.sam.specs.spec import CheckpointSpec
from samstudio.sam.weights.files import WeightSource

if TYPE_CHECKING:
    from torch import nn

META = "https://dl.fbaipublicfiles.com/segment_anything/"


class VitShape(NamedTuple):
    """The sizes that tell one ViT image encoder from another, as in ``segment_anything/build_sam.py``."""

    embed_dim: int
    depth: int
    num_heads: int
    global_attn_indexes: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class VitSpec(CheckpointSpec):
    """A ViT image encoder of Segment Anything, by its shape."""

    shape: VitShape

    def build_module(self) -> nn.Module:
        """Return segment-anything's ``ImageEncoderViT`` of this shape on the meta device."""
        import torch
        from torch import nn

        from samstudio.sam.modeling import EMBED_DIM, ImageEncoderViT

        with torch.device("meta"):
            encoder: nn.Module = ImageEncoderViT(
                depth=self.shape.depth,
                embed_dim=self.shape.embed_dim,
                img_size=self.frame_side,
                mlp_ratio=4,
                norm_layer=partial(nn.LayerNorm, eps=1e-6),
                num_heads=self.shape.num_heads,
                patch_size=16,
                qkv_bias=True,
                use_rel_pos=True,
                global_attn_indexes=self.shape.global_attn_indexes,
                window_size=14,
                out_chans=EMBED_DIM,
            )
        return encoder


def _published(filename: str) -> tuple[WeightSource]:
    """Return the source of a file whose name ends with the first digits of its sha256."""
    digits = filename.removesuffix(".pth").rpartition("_")[2]
    return (WeightSource(filename, digits, META + filename),)


VIT_B = VitSpec(
    name="vit_b",
    description="Segment Anything's ViT-B, 375 MB",
    sources=_published("sam_vit_b_01ec64.pth"),
    shape=VitShape(768, 12, 12, (2, 5, 8, 11)),
)
VIT_L = VitSpec(
    name="vit_l",
    description="Segment Anything's ViT-L, 1.2 GB",
    sources=_published("sam_vit_l_0b3195.pth"),
    shape=VitShape(1024, 24, 16, (5, 11, 17, 23)),
)
VIT_H = VitSpec(
    name="vit_h",
    description="Segment Anything's ViT-H, 2.6 GB",
    sources=_published("sam_vit_h_4b8939.pth"),
    shape=VitShape(1280, 32, 16, (7, 15, 23, 31)),
)
