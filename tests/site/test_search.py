"""The search finds what people ask, and shows it readably."""

from urllib.parse import quote

import pytest
from playwright.sync_api import Page

from browser import go

# What people ask, in their words, and the page that answers by a run.
QUESTIONS = {
    "why does GRU have two biases": "gates/gru",
    "why is the GRU's count 74,496": "gates/counting-parameters",
    "which of the two GRUs do I have": "gates/gru",
    "why does an LSTM have 4 times the parameters": "gates/counting-parameters",
    "PyTorch two biases": "gates/counting-parameters",
    "order of weights in PyTorch and Keras": "gates/counting-parameters",
    "what is units": "layers/first-model",
    "time steps vs features": "layers/sequences-and-shapes",
    "expected ndim=3, found ndim=2": "layers/sequences-and-shapes",
    "padding sequences of unequal length": "layers/sequences-and-shapes",
    "NaN with relu": "layers/simple-rnn",
    "what does a cut in the gradient cost": "layers/backpropagation-through-time",
    "gradient in training": "layers/gradient-in-training",
    "split windows before cutting": "layers/sequences-and-shapes",
    "cuDNN GRU reset_after": "gates/gru",
    "gradient is None": "layers/backpropagation-through-time",
    "vanishing gradient": "layers/vanishing-gradient",
    "clipnorm or global_clipnorm": "layers/vanishing-gradient",
    "how many units from parameters": "gates/counting-parameters",
    "return_sequences vs return_state": "layers/sequences-and-shapes",
    "summary shows 0 (unbuilt)": "layers/first-model",
    "bias_initializer and unit_forget_bias": "gates/lstm",
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_search_finds_what_people_ask(question: str, page: Page, address: str) -> None:
    page.goto(f"{address}search.html?q={quote(question)}")
    page.wait_for_selector("#search-results .search-summary:not(:empty)")
    page.wait_for_function("document.querySelector('#search-results ul.search')?.children.length > 0")
    found = page.eval_on_selector_all("#search-results ul.search > li > a", "all => all.map(a => a.pathname)")
    assert any(link.endswith(f"{QUESTIONS[question]}.html") for link in found[:3]), found


@pytest.mark.parametrize("name", ["index", "gates/lstm", "search"])
def test_control_and_k_lead_to_the_search(name: str, page: Page, address: str) -> None:
    go(page, f"{address}{name}.html")
    page.keyboard.press("Control+k")
    assert page.evaluate("document.activeElement.name") == "q"


def test_the_search_shows_a_formula_once_and_no_buttons(page: Page, address: str) -> None:
    page.goto(f"{address}search.html?q=candidate+fills+rest")
    page.wait_for_selector("#search-results li p.context")
    excerpt = page.locator("#search-results p.context").first.inner_text()
    assert "1−z that of its input gate" in excerpt
    page.goto(f"{address}search.html?q=repository")
    page.wait_for_selector("#search-results .search-summary:not(:empty)")
    assert "Take this page" not in page.locator("#search-results").inner_text()
