"""What the documents say of the API."""

from __future__ import annotations

import re
from pathlib import Path

from musterpoint.api.app import api
from tests.api.asking import ROOT

DOCUMENT = (Path(__file__).parent.parent.parent / "docs" / "api.md").read_text()


def test_the_list_of_operations_is_that_of_the_document() -> None:
    listed = dict(re.findall(r"^\| `([A-Z]+ /\S+)` \| (.+) \|$", DOCUMENT, re.MULTILINE))
    assert listed == {
        f"{method.upper()} {address.removeprefix(ROOT)}": operation["summary"]
        for address, methods in api.get_openapi_schema()["paths"].items()
        for method, operation in methods.items()
    }


def test_every_address_in_an_example_is_one_of_ours() -> None:
    addresses = set(re.findall(r"/api/v1(/[a-z0-9/.]*[a-z0-9])", DOCUMENT)) - {"/docs", "/openapi.json"}
    known = [re.escape(each).replace(r"\{ref\}", "[0-9]+") for each in api.get_openapi_schema()["paths"]]
    assert len(addresses) > 5
    for each in addresses:
        assert any(re.fullmatch(pattern, ROOT + each) for pattern in known), each
