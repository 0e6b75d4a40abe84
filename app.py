"""Launches the app with the settings of the environment; Hugging Face Spaces runs this file."""

import os

from samstudio.project import open_project
from samstudio.spaces.start import apply_space_defaults
from samstudio.web.server import serve

if __name__ == "__main__":
    project = open_project(apply_space_defaults(os.environ))
    with project.backing_up():
        serve(project)
