"""Segment Anything: weights, image encoder, mask decoder, live predictor.

Nothing here knows the database or what an annotation is.
"""
