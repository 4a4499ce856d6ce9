"""The record of the trainings in the page is one of the JavaScript as it stands."""

import pytest

import in_page
from rnn_guide import records

KEPT = {tuple(run["run"].values()): run for run in records.load("in_page")}
QUICK = [run for run in in_page.runs() if (KEPT[tuple(run)]["solved"] or 2400) < 100]


@pytest.mark.parametrize("run", [QUICK[0], *QUICK[-1:], in_page.Run("adding", 50, "GRU", 0, 1)], ids=str)
def test_a_run_again_gives_what_the_record_says(run: in_page.Run) -> None:
    again = in_page.follow(run)
    kept = KEPT[tuple(run)]
    assert again == {key: kept[key] for key in again}


def test_another_seed_gives_something_else() -> None:
    run = in_page.Run("bit", 50, "GRU", 3, 99)
    assert in_page.follow(run)["solved"] != KEPT[tuple(run._replace(seed=0))]["solved"]


def test_what_node_says_of_a_wrong_setting_is_not_taken_for_an_answer() -> None:
    with pytest.raises(Exception, match="non-zero exit status"):
        in_page.follow(in_page.Run("no task", 50, "GRU", 0, 0))
