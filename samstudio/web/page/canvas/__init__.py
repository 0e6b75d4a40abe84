"""The drawing canvas: a `gr.HTML` subclass, its JavaScript modules and its server functions."""
