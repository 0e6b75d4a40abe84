"""Pictures of masks: which files they are, which image each belongs to, and the objects in them."""
