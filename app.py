"""Launches the app with the settings of the environment; Hugging Face Spaces runs this file."""

import os

from samstudio.bootstrap import open_studio
from samstudio.serving import serve
from samstudio.spaces.start import made_ready

if __name__ == "__main__":
    studio = open_studio(made_ready(os.environ))
    with studio.kept():
        serve(studio)
