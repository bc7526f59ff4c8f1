"""Measurements of the kit beside what people use today, both in the same run."""
