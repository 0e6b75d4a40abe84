"""Launches the app with the settings of the environment; Hugging Face Spaces runs this file."""

import os

from samstudio.bootstrap import open_studio
from samstudio.spaces.start import made_ready
from samstudio.ui.serve import serve

if __name__ == "__main__":
    studio = open_studio(made_ready(os.environ))
    with studio.kept():
        serve(studio)
