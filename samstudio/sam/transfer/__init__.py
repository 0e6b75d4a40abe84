"""Decoders as files: export for use elsewhere, import with nothing in the file trusted."""
