"""What the tests of the two texts that people write together share: fields of forms, and Markdown of bad intent."""

from __future__ import annotations

import re
from html import unescape

BAD = """\
<script>alert(1)</script> <img src="https://elsewhere.example/a.png" onerror="alert(2)">

[press](javascript:alert(3)) [data](data:text/html;base64,PHNjcmlwdD4=) ![picture](https://elsewhere.example/b.png)

<style>body{background:url(https://elsewhere.example/c.png)}</style>

\u202egnp.exe
"""


def is_harmless(page: str) -> None:
    """Nothing of BAD is more than text, or a link that somebody has to press."""
    assert "<script>alert" not in page
    assert not re.search(r"<[^>]*\b(onerror|style)=", page)
    assert not re.search(r"<(img|style|iframe)\b[^>]*elsewhere", page)
    assert "<style>" not in page
    assert not re.search(r"""href=["']?(javascript|data):""", page)
    assert "&lt;script&gt;alert(1)" in page


def field(page: str, name: str) -> str:
    """What a form has in the hidden field with this name."""
    found = re.search(rf'<input type="hidden" name="{name}" value="([^"]*)"', page)
    assert found, name
    return unescape(found[1])


def textarea(page: str) -> str:
    """What stands in the first field for a long text."""
    found = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", page, re.DOTALL)
    assert found
    return unescape(found[1])


def told(page: str) -> list[str]:
    """The texts that stand there whole, as they were written."""
    return [unescape(each) for each in re.findall(r'<pre class="whole">(.*?)</pre>', page, re.DOTALL)]


def bare(page: str, ref: str) -> str:
    """A page without what differs from one answer to the next: which incident was asked for, and the forms' tokens."""
    return re.sub(r'(csrfmiddlewaretoken" value=)"\w+"', r"\1", page).replace(ref, "REF")
