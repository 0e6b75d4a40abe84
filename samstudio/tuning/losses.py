"""Training losses on low-res logits, within the part of the frame that holds image.

Targets are soft: each low-res cell's covered fraction, so that an object
thinner than a cell still counts. All tensors are float32 Bxhxw; ``valid`` is
1 inside the image and 0 in the padding. Each loss returns one value an object.
"""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F


def focal(logits: Tensor, target: Tensor, valid: Tensor, *, gamma: float = 2.0) -> Tensor:
    """Return the focal loss, mean over valid cells: B.

    As in Lin et al. 2017, without alpha, as SAM's paper uses it. For soft targets the modulating
    factor is ``|p - t|^gamma`` (Li et al. 2020, quality focal loss), which is the usual one where t
    is 0 or 1.

    Args:
        logits: Bxhxw.
        target: Covered fraction of each cell, Bxhxw in 0..1.
        valid: 1 inside the image and 0 in padding, Bxhxw.
        gamma: Exponent of the modulating factor.
    """
    entropy = F.binary_cross_entropy_with_logits(logits, target, reduction="none")
    weighted = entropy * (logits.sigmoid() - target).abs() ** gamma * valid
    return weighted.sum(dim=(1, 2)) / valid.sum(dim=(1, 2))


def cross_entropy(logits: Tensor, target: Tensor, valid: Tensor) -> Tensor:
    """Return the binary cross-entropy, mean over valid cells: B."""
    entropy = F.binary_cross_entropy_with_logits(logits, target, reduction="none") * valid
    return entropy.sum(dim=(1, 2)) / valid.sum(dim=(1, 2))


def dice(logits: Tensor, target: Tensor, valid: Tensor) -> Tensor:
    """Return the Dice loss in MONAI's and micro-sam's form (linear denominator): B.

    It weights objects of all sizes alike.
    """
    probability = logits.sigmoid() * valid
    overlap = 2 * (probability * target).sum(dim=(1, 2))
    total = probability.sum(dim=(1, 2)) + target.sum(dim=(1, 2))
    return 1 - (overlap + 1) / (total + 1)


def soft_iou(logits: Tensor, target: Tensor, valid: Tensor) -> Tensor:
    """Return the IoU of the thresholded logits with the soft target: B, without gradient.

    It is the target of the IoU head.
    """
    mask = (logits.detach() > 0).float() * valid
    shared = (mask * target).sum(dim=(1, 2))
    union = mask.sum(dim=(1, 2)) + target.sum(dim=(1, 2)) - shared
    return shared / union.clamp(min=1e-6)
