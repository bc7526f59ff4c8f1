"""What somebody must not read is nowhere in the bytes of their page: 300 invented stories with a mark in each text."""

import marked
import pytest

from kit import reports
from kit.reports import ReportRequest
from kit.reports.batch import group_by_client


@pytest.mark.parametrize("first", range(0, 300, 50))
def test_no_page_holds_a_mark_that_is_not_for_its_reader(first):
    found = [one for seed in range(first, first + 50) for one in marked.found_out(seed)]

    assert [(reader, wrong) for reader, _marks, wrong in found if wrong] == []
    assert len(found) == 100
    assert {reader for reader, marks, _wrong in found if marks > 5} == {"client", "supporter"}


def test_the_coachs_page_shows_that_the_marks_would_be_found():
    story = marked.story(1)
    html = reports.build_from_rows(
        group_by_client(story.read())["Heron"], "Heron", ReportRequest("coach"), marked.TODAY
    ).html

    assert set(marked.MARK.findall(html)) & story.hidden_from("Heron", "client", None)


def test_another_clients_story_is_in_nobodys_page_not_even_the_coachs():
    story = marked.story(2)
    html = reports.build_from_rows(
        group_by_client(story.read())["Heron"], "Heron", ReportRequest("coach"), marked.TODAY
    ).html

    assert set(marked.MARK.findall(html)) & story.hidden_from("Heron", "just_me", None) == set()
