"""A page is found: by what it says of itself, from lists of addresses, from a wrong address."""

import re
from html import unescape
from pathlib import Path
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Browser

from book import DOCS, PAGES
from browser import Visit, new_context

NAMES = [page.relative_to(DOCS).with_suffix("").as_posix() for page in PAGES]
META = re.compile(r'<meta (?:property|name)="([^"]+)" content="([^"]*)"')


@pytest.mark.parametrize("name", NAMES)
def test_a_page_says_what_it_is(name: str, site: tuple[Path, str]) -> None:
    folder, address = site
    text = (folder / f"{name}.html").read_text("utf-8")
    (title,) = re.findall("<title>(.*)</title>", text)
    assert title.endswith("rnn-guide")
    (description,) = re.findall(r'<meta content="([^"]*)" name="description"', text)
    assert 50 <= len(description) <= 200
    assert f'<link rel="canonical" href="{address}{name}.html" />' in text
    tags = {key: unescape(value) for key, value in META.findall(text)}
    assert tags["og:title"] in unescape(title)
    assert tags["og:description"] == unescape(description)
    assert tags["og:url"] == f"{address}{name}.html"
    assert (folder / tags["og:image"].removeprefix(address)).is_file()


def test_descriptions_differ(site: tuple[Path, str]) -> None:
    told = [
        re.findall(r'content="([^"]*)" name="desc', (site[0] / f"{name}.html").read_text("utf-8")) for name in NAMES
    ]
    assert len({description for (description,) in told}) == len(NAMES)


def test_an_address_that_nobody_told_is_nowhere(book: Path) -> None:
    text = (book / "gates" / "lstm.html").read_text("utf-8")
    assert "canonical" not in text
    assert "og:" not in text
    assert not (book / "sitemap.xml").exists()


def test_the_picture_for_links_has_the_size_that_sites_ask_for(book: Path) -> None:
    head = (book / "_static" / "social.png").read_bytes()[:24]
    assert (int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")) == (1200, 630)


def test_the_sitemap_lists_every_page(site: tuple[Path, str]) -> None:
    folder, address = site
    root = ElementTree.parse(folder / "sitemap.xml").getroot()
    assert [place.text for place in root.findall(".//{*}loc")] == [f"{address}{name}.html" for name in sorted(NAMES)]


def test_llms_txt_lists_every_page_as_markdown(book: Path, site: tuple[Path, str]) -> None:
    for folder, address in ((book, ""), site):
        text = (folder / "llms.txt").read_text("utf-8")
        assert text.startswith("# rnn-guide\n\n> ")
        listed = re.findall(r"^- \[[^\]]+\]\(([^)]+)\): \S", text, re.M)
        assert sorted(listed) == sorted(f"{address}{name}.md" for name in NAMES)
        assert all((folder / link.removeprefix(address)).is_file() for link in listed)


@pytest.mark.parametrize("wrong", ["nothing.html", "gates/no/such/page.html"])
def test_a_wrong_address_leads_back(wrong: str, site: tuple[Path, str], browser: Browser) -> None:
    _, address = site
    context = new_context(browser, "phone", "light")
    visit = Visit(context.new_page(), address).open(f"{address}{wrong}")
    page = visit.page
    missing = [response for response in visit.responses if response.status == 404]
    assert [response.url for response in missing] == [f"{address}{wrong}"], "all else that the page asks for is there"
    assert len(visit.errors) == 1, "the browser reports the wrong address itself, and nothing more"
    assert "404" in visit.errors[0]
    assert "Book" in page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily")
    assert page.evaluate("document.documentElement.dataset.ready") == ""
    page.locator("article input[name=q]").fill("forget gate")
    page.keyboard.press("Enter")
    page.wait_for_selector("#found li")
    page.go_back()
    page.get_by_role("link", name="The first page").click()
    assert page.url == f"{address}index.html"
    context.close()
