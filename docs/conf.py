"""How the pages of this folder are built: by Sphinx, which runs their examples, and asks nothing of any network."""

import os
from pathlib import Path

os.environ["KIT_HOME"] = str(Path(__file__).parent.parent / "build" / "home")  # the examples open nobody's own books
os.environ.pop("KIT_BOOK", None)

project = "The Reflection Kit"
author = copyright = "The makers of the Reflection Kit"
language = "en-GB"
extensions = ["myst_nb"]
nitpicky = True

nb_execution_mode = "force"
nb_execution_in_temp = True
nb_execution_raise_on_error = True
nb_ipywidgets_js = {}  # it would be fetched by whoever reads the page; a page holds no widgets

html_theme = "furo"
html_title = project
html_copy_source = html_show_sphinx = False
