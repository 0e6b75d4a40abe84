"""Masks that a decoder proposes before anybody asks."""
