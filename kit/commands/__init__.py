"""What a coach does at the command line, a module for each part of it; `kit.__main__` puts them together."""
