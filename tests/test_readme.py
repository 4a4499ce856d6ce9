"""The README says what happens."""

import doctest
import re
import subprocess
import sys

from book import ROOT

README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = re.findall(r"```console\n(.*)\n```", README)


def test_its_python_prints_what_it_says() -> None:
    test = doctest.DocTestParser().get_doctest(README.replace("```", ""), {}, "README", "README.md", 0)
    assert len(test.examples) >= 3
    assert doctest.DocTestRunner().run(test).failed == 0


def test_its_terminal_prints_what_it_says() -> None:
    blocks = re.findall(r"```text\n\$ python (.*)\n([^`]*)```", README)
    assert blocks
    for command, output in blocks:
        run = subprocess.run(
            [sys.executable, *command.split()], capture_output=True, text=True, encoding="utf-8", check=True
        )
        assert run.stdout == output


def test_its_two_commands_are_the_ones_that_the_hosts_run() -> None:
    docs, tests = COMMANDS
    assert (docs, tests) == ("python3 run.py docs", "python3 run.py tests")
    workflows = ROOT / ".github" / "workflows"
    for file, command in [
        (ROOT / ".ci" / "run", tests),
        (workflows / "tests.yml", tests),
        (workflows / "docs.yml", docs),
        (ROOT / ".readthedocs.yaml", docs),
    ]:
        assert command in file.read_text("utf-8"), file


def test_every_file_it_names_exists() -> None:
    for name in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (ROOT / name).exists(), name
