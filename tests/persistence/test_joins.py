"""What becomes of a school's rows when it joins another: said of every table that has any."""

from lti_tool.persistence import joins, tables


def test_of_every_table_of_a_school_it_is_said_whether_its_rows_go_over() -> None:
    own = sorted(each.name for each in tables.metadata.sorted_tables if "school_id" in each.columns)
    assert sorted((*joins.DECIDED, *joins.MOVED, *joins.STAYING)) == own
