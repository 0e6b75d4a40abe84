"""Launches the app with the settings of the environment; Hugging Face Spaces runs this file."""

import os

from samstudio.engine import Engine
from samstudio.project import open_project
from samstudio.spaces.start import apply_space_defaults
from samstudio.spaces.zero import borrow_gpu
from samstudio.web.server import serve

if __name__ == "__main__":
    gpu = borrow_gpu(os.environ)  # before torch is imported
    settings = apply_space_defaults(os.environ)
    with open_project(settings, engine=Engine(settings, gpu=gpu)) as project, project.backing_up():
        serve(project)
