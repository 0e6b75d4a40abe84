"""Annotations and categories: what people accept, correct and reject."""

from __future__ import annotations

from samstudio.services.annotations.service import AnnotationService

__all__ = ["AnnotationService"]
