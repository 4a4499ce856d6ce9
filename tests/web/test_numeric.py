"""The library's own tests pass, in Node."""

from pathlib import Path

from javascript import WEB, node


def test_the_tests_in_node_pass() -> None:
    tests = sorted(str(path) for path in (WEB / "test").glob("*.test.js"))
    assert tests
    run = node("--test", *tests)
    assert run.returncode == 0, run.stdout + run.stderr


def test_a_failing_one_would_fail_here(tmp_path: Path) -> None:
    (tmp_path / "bad.test.mjs").write_text("import {test} from 'node:test'; test('a', () => { throw 1; });", "utf-8")
    assert node("--test", str(tmp_path / "bad.test.mjs")).returncode != 0
