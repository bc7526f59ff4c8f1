"""What a coach does at the command line, a module for each part of it; `app` puts them together."""
