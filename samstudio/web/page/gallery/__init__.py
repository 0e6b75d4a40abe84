"""The Dataset tab: a gallery of all images that fit a query, however many there are."""
