"""What the kit adds to Jupyter: a server extension, a labextension, one place of hardening, and the start of it all."""
