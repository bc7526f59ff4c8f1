"""A client's story as one page to take home: it opens offline, prints well, and reads without script too."""

from kit.reports.output import save, write_page
from kit.reports.report import (
    READERS,
    Page,
    ReportRequest,
    build,
    build_card,
    build_from_rows,
    exclude,
    has_consent,
    read_rows,
    render_page,
    write_report,
)
from kit.reports.story import FORMATTERS, TOLD_FIELDS, UNSORTED_KINDS

__all__ = [
    "FORMATTERS",
    "READERS",
    "TOLD_FIELDS",
    "UNSORTED_KINDS",
    "Page",
    "ReportRequest",
    "build",
    "build_card",
    "build_from_rows",
    "exclude",
    "has_consent",
    "read_rows",
    "render_page",
    "save",
    "write_page",
    "write_report",
]
