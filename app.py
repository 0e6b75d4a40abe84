"""Launches the app with the settings of the environment; Hugging Face Spaces runs this file."""

from samstudio.bootstrap import open_studio
from samstudio.ui.serve import serve

if __name__ == "__main__":
    serve(open_studio())
