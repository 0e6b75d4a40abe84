"""What the readers of annotation formats share, and the parts of each that are longer than one module."""
