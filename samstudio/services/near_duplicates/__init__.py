"""Sets of near-duplicate pictures, found by their embeddings and suggested as groups."""

from samstudio.services.near_duplicates.service import NearDuplicateService

__all__ = ["NearDuplicateService"]
