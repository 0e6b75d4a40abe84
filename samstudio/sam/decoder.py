"""SAM's prompt encoder and mask decoder as one module that decodes B prompts from B images.

Stock ``MaskDecoder.forward`` takes one image; training needs many. The
weights live in stock's own modules under stock's own names. Also how a tuned
decoder is kept on disk. Not here: which version is live, how one is trained.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor, nn

from samstudio.domain import Size, Unavailable
from samstudio.files import write_with
from samstudio.sam.geometry import LOW_RES
from samstudio.sam.modeling import build_mask_decoder, build_prompt_encoder
from samstudio.sam.prompts import PromptBatch, embed_masks, embed_points
from samstudio.sam.transformer import two_way, upscale_and_dot

__all__ = ["PromptBatch", "SamDecoder", "load_decoder_state", "save_decoder"]

ALL_TOKENS = slice(0, 4)
SINGLE = slice(0, 1)
"""The token of the single-mask answer: ``multimask_output=False``."""
MULTIMASK = slice(1, 4)
"""The tokens of the three multimask answers: ``multimask_output=True``."""


class SamDecoder(nn.Module):
    """A frozen prompt encoder and a mask decoder, from prompts to low-res logits.

    Built in eval mode. The prompt encoder never requires gradients and may be
    shared by many decoders; the positional encoding of the image is computed once.
    """

    image_pe: Tensor

    prompt_encoder: Any
    mask_decoder: Any

    def __init__(self, *, prompt_encoder: Any, mask_decoder: Any, image_pe: Tensor | None = None) -> None:
        super().__init__()
        self.prompt_encoder = prompt_encoder.requires_grad_(False).eval()
        self.mask_decoder = mask_decoder
        with torch.no_grad():
            pe = _pixel_rows(prompt_encoder.get_dense_pe()) if image_pe is None else image_pe
        self.register_buffer("image_pe", pe, persistent=False)
        self.eval()

    @classmethod
    def from_state(cls, state: Mapping[str, Tensor]) -> SamDecoder:
        """Build from a state dict with ``prompt_encoder.`` and ``mask_decoder.`` keys; others are ignored.

        Raises:
            RuntimeError: A weight is missing, unknown or of another shape; loading is strict.
        """
        return cls(
            prompt_encoder=_loaded(build_prompt_encoder(), _under("prompt_encoder.", state)),
            mask_decoder=_loaded(build_mask_decoder(), _under("mask_decoder.", state)),
        )

    @property
    def device(self) -> torch.device:
        """Where the weights are, and where prompts must be."""
        return self.image_pe.device

    def train(self, mode: bool = True) -> SamDecoder:
        """Set the mask decoder's mode; the frozen prompt encoder stays in eval mode."""
        super().train(mode)
        self.prompt_encoder.eval()
        return self

    def forward(
        self,
        features: Tensor,
        prompts: PromptBatch,
        *,
        tokens: slice = ALL_TOKENS,
        region: Size = (LOW_RES, LOW_RES),
    ) -> tuple[Tensor, Tensor]:
        """Decode B prompts.

        Args:
            features: Bx256x64x64, one embedding a prompt, or 1x256x64x64 for all; any float dtype.
            prompts: B prompts in the 1024 frame, on this decoder's device.
            tokens: The mask tokens to decode: 0 is the single-mask answer, 1..3 are the multimask ones.
            region: (h, w) of the part of the 256x256 low-res frame to compute, from its top left
                corner; smaller than the frame where the rest is padding.

        Returns:
            Low-res logits BxMxhxw and predicted IoU BxM, float32, for the M tokens asked for.
        """
        decoder = self.mask_decoder
        with torch.no_grad():
            sparse, valid = embed_points(self.prompt_encoder, prompts, self.device)
            dense = embed_masks(self.prompt_encoder, prompts)
        image = _pixel_rows(features.to(dense.dtype) + dense)
        own = torch.cat([decoder.iou_token.weight, decoder.mask_tokens.weight])
        queries = torch.cat([own.expand(len(prompts), -1, -1), sparse], dim=1)
        if valid is not None:
            valid = torch.cat([valid.new_ones((len(prompts), len(own))), valid], dim=1)
        out, image = two_way(
            decoder.transformer,
            image=image,
            image_pe=self.image_pe,
            tokens=queries,
            valid=valid,
        )
        wanted = range(*tokens.indices(decoder.num_mask_tokens))
        heads = decoder.output_hypernetworks_mlps
        hyper = torch.stack([heads[token](out[:, 1 + token]) for token in wanted], dim=1)
        low_res = upscale_and_dot(decoder.output_upscaling, image, hyper, region)
        return low_res, decoder.iou_prediction_head(out[:, 0])[:, tokens]

    def decoder_state(self) -> dict[str, Tensor]:
        """Return the mask decoder's weights alone, as detached CPU copies, under stock's names."""
        state = self.mask_decoder.state_dict()
        return {name: value.detach().cpu().clone() for name, value in state.items()}

    def with_weights(self, state: Mapping[str, Tensor]) -> SamDecoder:
        """Return a new decoder with a copy of ``state`` (see `decoder_state`), on this device, in eval mode.

        It shares this one's prompt encoder.

        Raises:
            RuntimeError: A weight is missing, unknown or of another shape; loading is strict.
        """
        mask_decoder = _loaded(build_mask_decoder(), state, device=self.device)
        return SamDecoder(
            prompt_encoder=self.prompt_encoder, mask_decoder=mask_decoder, image_pe=self.image_pe
        )


def _pixel_rows(planes: Tensor) -> Tensor:
    """Turn BxCxHxW into Bx(HW)xC, contiguous, since every later product reads it by rows."""
    return planes.flatten(2).transpose(1, 2).contiguous()


def _under(prefix: str, state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): value for name, value in state.items() if name.startswith(prefix)}


def _loaded(
    module: nn.Module, state: Mapping[str, Tensor], *, device: torch.device | str = "cpu"
) -> nn.Module:
    own = {name: value.detach().to(device, torch.float32, copy=True) for name, value in state.items()}
    module.load_state_dict(own, strict=True, assign=True)
    return module


def save_decoder(path: Path, state: Mapping[str, Tensor], metadata: Mapping[str, str]) -> None:
    """Write a decoder's state with its metadata as safetensors, atomically."""
    from safetensors.torch import save_file

    tensors = {name: value.contiguous() for name, value in state.items()}
    write_with(path, lambda part: save_file(tensors, part, dict(metadata)))


def load_decoder_state(path: Path) -> dict[str, Tensor]:
    """Read what `save_decoder` wrote: CPU tensors under stock's names.

    Raises:
        Unavailable: The file cannot be read; the message names it.
    """
    from safetensors import SafetensorError
    from safetensors.torch import load_file

    try:
        return cast("dict[str, Tensor]", load_file(path))
    except (OSError, SafetensorError) as error:
        raise Unavailable(f"the decoder file {path} cannot be read: {error}") from error
