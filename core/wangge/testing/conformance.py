"""The conformance suite; a plugin's test imports it whole: `from wangge.testing.conformance import *`."""

from wangge.testing.suite.failing import (
    test_a_field_of_it_that_hangs_costs_that_field_alone,
    test_a_field_of_it_that_raises_costs_that_field_alone,
    test_a_hook_of_it_that_hangs_leaves_the_district_as_it_was,
    test_a_hook_of_it_that_raises_leaves_the_district_as_it_was,
)
from wangge.testing.suite.leaks import (
    test_an_answer_of_it_is_that_of_a_district_without_the_hidden_rows,
    test_its_fields_answer_over_planted_rows,
    test_its_fields_ask_for_their_permission,
    test_its_tables_of_persons_belong_to_somebody,
    test_no_answer_of_it_tells_of_a_row_of_another_district,
    test_no_answer_of_it_tells_of_a_row_out_of_scope,
    test_no_filter_and_no_cursor_of_it_tells_of_a_hidden_row,
    test_nobody_is_let_in_with_the_token_of_another_district,
    test_where_it_is_off_its_fields_say_so,
)
from wangge.testing.suite.life import (
    test_a_purge_leaves_nothing_of_it_and_it_can_be_enabled_anew,
    test_a_resumption_finds_its_data_as_they_were,
    test_its_migrations_go_up_down_and_up_and_match_its_models,
)
from wangge.testing.suite.loading import (
    test_every_message_is_there_in_chinese,
    test_it_composes_with_the_base_alone,
    test_it_is_not_set_aside,
    test_it_uses_nothing_that_is_deprecated,
    test_its_examples_can_be_run,
)
from wangge.testing.suite.personal import (
    test_an_erasure_reaches_what_it_keeps_whether_it_is_on_or_suspended,
    test_its_personal_columns_exist,
    test_the_copy_of_a_person_holds_what_it_keeps,
    test_whatever_it_holds_on_persons_is_on_the_map,
)
from wangge.testing.suite.pointing import (
    test_a_person_and_a_grid_can_be_deleted_while_it_has_rows_of_theirs,
    test_the_database_knows_what_becomes_of_its_rows_when_what_they_point_to_goes,
)
from wangge.testing.suite.reads import (
    test_its_fields_cost_no_more_statements_for_more_rows,
    test_its_lists_cost_no_more_statements_for_more_rows,
    test_its_reads_are_sql_where_they_are_meant_to_be,
)
from wangge.testing.suite.refusals import (
    test_its_mutations_ask_for_their_permission_and_change_nothing_where_they_are_refused,
    test_to_its_mutations_a_hidden_row_is_as_one_that_is_not_there,
    test_where_it_is_off_its_mutations_say_so_and_change_nothing,
)
from wangge.testing.suite.releases import (
    test_it_breaks_no_frontend_of_its_last_release,
)
from wangge.testing.suite.subject import (
    plugin,
    proof,
)

__all__ = [
    "plugin",
    "proof",
    "test_a_field_of_it_that_hangs_costs_that_field_alone",
    "test_a_field_of_it_that_raises_costs_that_field_alone",
    "test_a_hook_of_it_that_hangs_leaves_the_district_as_it_was",
    "test_a_hook_of_it_that_raises_leaves_the_district_as_it_was",
    "test_a_person_and_a_grid_can_be_deleted_while_it_has_rows_of_theirs",
    "test_a_purge_leaves_nothing_of_it_and_it_can_be_enabled_anew",
    "test_a_resumption_finds_its_data_as_they_were",
    "test_an_answer_of_it_is_that_of_a_district_without_the_hidden_rows",
    "test_an_erasure_reaches_what_it_keeps_whether_it_is_on_or_suspended",
    "test_every_message_is_there_in_chinese",
    "test_it_breaks_no_frontend_of_its_last_release",
    "test_it_composes_with_the_base_alone",
    "test_it_is_not_set_aside",
    "test_it_uses_nothing_that_is_deprecated",
    "test_its_examples_can_be_run",
    "test_its_fields_answer_over_planted_rows",
    "test_its_fields_ask_for_their_permission",
    "test_its_fields_cost_no_more_statements_for_more_rows",
    "test_its_lists_cost_no_more_statements_for_more_rows",
    "test_its_migrations_go_up_down_and_up_and_match_its_models",
    "test_its_mutations_ask_for_their_permission_and_change_nothing_where_they_are_refused",
    "test_its_personal_columns_exist",
    "test_its_reads_are_sql_where_they_are_meant_to_be",
    "test_its_tables_of_persons_belong_to_somebody",
    "test_no_answer_of_it_tells_of_a_row_of_another_district",
    "test_no_answer_of_it_tells_of_a_row_out_of_scope",
    "test_no_filter_and_no_cursor_of_it_tells_of_a_hidden_row",
    "test_nobody_is_let_in_with_the_token_of_another_district",
    "test_the_copy_of_a_person_holds_what_it_keeps",
    "test_the_database_knows_what_becomes_of_its_rows_when_what_they_point_to_goes",
    "test_to_its_mutations_a_hidden_row_is_as_one_that_is_not_there",
    "test_whatever_it_holds_on_persons_is_on_the_map",
    "test_where_it_is_off_its_fields_say_so",
    "test_where_it_is_off_its_mutations_say_so_and_change_nothing",
]
