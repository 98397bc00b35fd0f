"""The rules of the house, held by reading the code: which part may import which, and who may touch what."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from statistics import median

import pytest

SRC = Path(__file__).parent.parent / "src"
HOUSE = SRC / "musterpoint"
PROVIDERS = ("local", "bridge", "slack", "github")

#: part → the other parts that it may import; nothing may import a part that is not listed for it.
#: core <- ports <- store <- effects, jobs <- access, actions <- intake <- integrations <- delivery <- worker
MAY_IMPORT = {
    "core": "",
    "ports": "core",
    "process": "core",
    "environment": "",
    "settings": "environment",
    "running": "",
    "logs": "",
    "jobs": "",
    "store": "core",
    "effects": "core store",
    "access": "core store",
    "posting": "core",
    "actions": "core store effects access posting",
    "people": "core store access actions",
    "reading": "core store access actions posting",
    "exporting": "core store access actions reading",
    "mailing": "core ports store effects access",
    "reminding": "core store actions mailing logs",
    "intake": "core store effects access actions",
    "outside": "core store effects access actions intake",
    "checks": "core ports store effects access actions intake outside posting process registry running",
    "importing": "core store access actions intake",
    "local": "core ports store actions intake",
    "bridge": "core ports",
    "slack": "core ports environment store effects access actions people reading intake importing process logs"
    " accounts",
    "github": "core ports environment store actions",
    "registry": f"core ports store intake {' '.join(PROVIDERS)}",
    "tracking": "core ports store effects access actions registry",
    "publishing": "core ports store effects actions registry",
    "announcing": "core ports store effects registry",
    "delivery": "core ports store effects exporting registry announcing tracking publishing mailing logs",
    "saving": "core store effects process running",
    "worker": "core store effects jobs importing reminding delivery registry accounts",
    "accounts": "core store access actions people process logs",
    "web": "core ports store effects access actions reading people exporting intake process accounts registry posting"
    " logs outside checks",
    "api": "core ports store effects access actions reading people exporting intake process accounts"
    " outside registry cli",
    "cli": "core ports store effects access actions people reading exporting intake importing delivery saving worker"
    " posting process running reminding web registry slack github local accounts settings logs mailing outside checks"
    " environment",
    "urls": "accounts web api",
    "demo": "core access actions process cli local accounts",
}
#: Where the table allows more than the rule of one part needs: part → file → what it alone may import.
ONLY_IN = {
    "slack": {
        "cli/importing.py",
        "cli/slack.py",
        "integrations/registry.py",
    },  # `import slack-thread` is the verb's name
    "github": {"cli/github.py", "integrations/registry.py"},
    "worker": {"cli/serving.py"},
    "web": {"cli/serving.py", "urls.py"},
    "delivery": {"cli/running.py", "worker.py"},
    "jobs": {"worker.py"},
    "tracking": {"delivery.py"},
    "publishing": {"delivery.py"},
    "announcing": {"delivery.py"},
    "local": {"integrations/registry.py", "cli/issue.py", "demo/player.py", "demo/stage.py"},
}
#: Who may look incidents up without `access`, and why. Everybody else asks `access`, on somebody's behalf.
MAY_QUERY_INCIDENTS = {
    "access.py": "it is the door",
    "actions/opening.py": "who joins a private channel knows of what is confined to it; nobody asked for it",
    "actions/huddle.py": "a huddle that the chat tells of belongs to its incident; nobody asked for it",
    "actions/issue.py": "what happens to an issue belongs to its incident; nobody asked for it",
    "actions/redaction_afterwards.py": "as actions/redaction.py",
    "actions/publishing.py": "a path on the website belongs to one post, whoever may see its incident",
    "publishing.py": "as delivery.py",
    "delivery.py": "carries effects out, on nobody's behalf",
    "announcing.py": "as delivery.py",
    "tracking/document.py": "as delivery.py",
    "tracking/learning.py": "as delivery.py",
    "tracking/making.py": "as delivery.py",
    "tracking/moving.py": "as delivery.py",
    "tracking/pages.py": "as delivery.py",
    "tracking/sub_issue_writing.py": "as delivery.py",
    "actions/redaction.py": "finds every incident that quotes the text, whoever may see it: it must go there, too",
    "importing.py": "locks the row that it found through `access`",
    "intake/readers.py": "what a chat says belongs to every incident that reads the thread; nobody asked for it",
    "reminding.py": "looks after every incident; nobody asked for it",
    "saving.py": "only asks whether there is any",
}
#: Who of the surfaces may write to the database by itself, and why. Everybody else calls an action.
MAY_WRITE = {"cli/installing.py": "the first person, before anybody could act"}
WRITES = {"create", "bulk_create", "save", "update", "delete", "get_or_create", "update_or_create"}


@dataclass(frozen=True)
class File:
    """One source file. `name` is its path in the package, `part` its row of the table."""

    path: Path

    @property
    def name(self) -> str:
        return self.path.relative_to(HOUSE).as_posix()

    @property
    def part(self) -> str:
        return part_of(self.path.relative_to(SRC).with_suffix("").parts)

    @cache  # noqa: B019  # the files of one session
    def tree(self) -> ast.Module:
        return ast.parse(self.path.read_text())

    def imports(self) -> Iterator[tuple[str, ...]]:
        """Every module that it imports, inside functions too, as the parts of its dotted name."""
        for node in ast.walk(self.tree()):
            if isinstance(node, ast.Import):
                yield from (tuple(each.name.split(".")) for each in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((*(node.module or "").split("."), each.name) for each in node.names)


def part_of(names: tuple[str, ...]) -> str:
    inside = [each for each in names[1:] if each not in ("integrations", "__init__", "__main__")]
    return inside[0] if inside else ""


FILES = [File(path) for path in sorted(HOUSE.rglob("*.py")) if "migrations" not in path.parts]
WRITTEN = [file for file in FILES if file.path.name != "__init__.py"]


def named(files: list[File]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("file", files, ids=lambda file: file.name)


@named(FILES)
def test_imports_point_one_way(file: File) -> None:
    inner = {part_of(each) for each in file.imports() if each[0] == "musterpoint"} - {"", "__version__"}
    allowed = {file.part, *MAY_IMPORT[file.part].split()} if file.part else set()
    assert inner - allowed == set()
    assert {part for part in inner & set(ONLY_IN) if part != file.part and file.name not in ONLY_IN[part]} == set()


def test_the_table_has_no_circle_and_no_part_that_is_gone() -> None:
    assert set(MAY_IMPORT) == {file.part for file in FILES} - {""}
    placed: set[str] = set()
    while left := [part for part in MAY_IMPORT if part not in placed]:
        free = [part for part in left if set(MAY_IMPORT[part].split()) <= placed]
        assert free, f"import each other: {left}"
        placed |= set(free)


@named([file for file in FILES if file.part in ("core", "jobs")])
def test_the_core_knows_the_standard_library_alone_and_jobs_the_engine_besides(file: File) -> None:
    outside = {each[0] for each in file.imports()} - {"musterpoint"} - sys.stdlib_module_names
    assert outside <= ({"dbos"} if file.part == "jobs" else set())


def test_one_module_knows_the_engine() -> None:
    assert [file.name for file in FILES if any(each[0] == "dbos" for each in file.imports())] == ["jobs.py"]


@named([file for file in FILES if file.part == "core"])
def test_the_core_reads_no_clock_and_no_file(file: File) -> None:
    called = [node.func for node in ast.walk(file.tree()) if isinstance(node, ast.Call)]
    names = {each.attr if isinstance(each, ast.Attribute) else ast.unparse(each) for each in called}
    assert names & {"now", "utcnow", "today", "open", "read_text", "getenv", "print", "input"} == set()


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_package_of_a_provider_is_empty_itself(provider: str) -> None:
    assert (HOUSE / "integrations" / provider / "__init__.py").read_text() == ""


def test_every_provider_is_known_here() -> None:
    folders = {each.name for each in (HOUSE / "integrations").iterdir() if (each / "__init__.py").exists()}
    assert folders == set(PROVIDERS)


@named([file for file in FILES if file.part != "store" and file.name not in MAY_QUERY_INCIDENTS])
def test_incidents_are_reached_through_access(file: File) -> None:
    assert "Incident.objects" not in file.path.read_text()


@pytest.mark.parametrize("name", MAY_QUERY_INCIDENTS)
def test_every_exception_is_still_needed(name: str) -> None:
    assert "Incident.objects" in (HOUSE / name).read_text()


@named([file for file in FILES if file.part in ("cli", "web", "api", "demo") and file.name not in MAY_WRITE])
def test_surfaces_change_nothing_by_themselves(file: File) -> None:
    """They may read tables for a list; whatever changes something is an action."""
    writes = [
        ast.unparse(node.func)
        for node in ast.walk(file.tree())
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES
    ]
    assert [each for each in writes if "objects" in each or each.startswith("models.")] == []


@named(WRITTEN)
def test_a_file_is_short_has_one_idea_and_says_which(file: File) -> None:
    lines = file.path.read_text().count("\n")
    assert lines <= 400
    assert lines < 10 or ast.get_docstring(file.tree())


def test_most_files_are_shorter_than_a_hundred_lines() -> None:
    assert median(file.path.read_text().count("\n") for file in WRITTEN) < 100


def test_functions_are_short() -> None:
    functions = [
        (node, file.name)
        for file in WRITTEN
        for node in ast.walk(file.tree())
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    long = [(node.name, name) for node, name in functions if (node.end_lineno or 0) - node.lineno >= 45]
    assert long == [("launch", "jobs.py")]  # registers the jobs, which the engine wants inside


def test_no_module_is_a_drawer() -> None:
    drawer = re.compile(r"utils?|helpers?|manager|base|common|misc")
    found = [file.name for file in FILES if drawer.fullmatch(file.path.stem)]
    assert found == ["store/sqlite/base.py"]  # Django wants it so


def test_the_command_line_does_not_load_the_engine(tmp_path: Path) -> None:
    """It costs half a second, which a person at the command line would wait for every time."""
    story = """
import sys
from musterpoint.cli.main import main
for words in (["init"], ["declare", "It burns"], ["did", "1", "Put it out"], ["resolve", "1"], ["timeline", "1"]):
    assert main(words) == 0, words
print(sorted({each.partition(".")[0] for each in sys.modules} & {"dbos", "sqlalchemy", "waitress", "httpx"}))
"""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    done = subprocess.run(
        [sys.executable, "-c", story],
        env=environment | {"MUSTERPOINT_HOME": str(tmp_path), "PYTHONPATH": str(SRC)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "[]"
