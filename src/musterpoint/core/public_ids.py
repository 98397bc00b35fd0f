"""What the public must not see: addresses, hosts, account ids, secrets. Found, and replaced by neutral words."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from fnmatch import fnmatch
from ipaddress import ip_address
from urllib.parse import urlsplit

#: Hosts that no name server outside knows.
_INSIDE = (".internal", ".local", ".localdomain", ".svc", ".cluster", ".lan", ".corp", ".intranet", ".intra", ".home")
#: Words with a number that are no hosts.
_PLAIN = ("utf", "http", "https", "sev", "p", "sha", "tls", "ipv", "phase", "step", "version", "v", "rc", "top", "part")

_LINK = re.compile(r"\[([^\]\n]*)\]\(\s*<?(https?://[^\s)>]+)>?[^)\n]*\)")
_URL = re.compile(
    r"<?\b(?:https?|ssh|ftp|postgres(?:ql)?|mysql|redis|amqp|s3|file)://[^\s<>\"'`]*[^\s<>\"'`.,;:!?)\]]>?"
)
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_UUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w.+-])(?:\+\d{1,3}[ ()-]*\d[\d ()-]{5,}\d|\(?0\d{2,4}\)?[ -]\d{3,4}[ -]?\d{3,5})(?![\w-])")
_RUN = re.compile(r"(?<![\w.,-])\d{8,}(?![\w.,-]*\d)")
#: of a card, an account
_GROUPED = re.compile(r"(?<![\w.,-])\d{4}(?:[ -]\d{4}){2,4}(?:[ -]\d{1,3})?(?![\w-])")
_PREFIXED = re.compile(r"\b[a-z]{1,10}[_-](?=[A-Za-z0-9]*\d)[A-Za-z0-9]{8,}\b|\b(?=\w*\d)[UCTWGD][A-Z0-9]{8,}\b")
_HEX = re.compile(r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{12,}\b", re.IGNORECASE)
_NUMBERS = re.compile(r"(?<![\w.:])[0-9A-Fa-f:]*[:.][0-9A-Fa-f:.]*[0-9A-Fa-f:](?:/\d{1,3})?(?![\w:]|\.\w)")
_POD = re.compile(r"\b[a-z][a-z0-9]*(?:-[a-z0-9]+)*-(?=[a-z0-9]*\d)[a-z0-9]{6,10}-[a-z0-9]{5}\b")
_HOST = re.compile(r"(?<![\w.@/-])[A-Za-z0-9](?:[\w-]*\w)?(?:\.[A-Za-z0-9](?:[\w-]*\w)?)*(?::\d{2,5})?(?![\w@])")

_SECRETS = re.compile(
    r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"
    r"|\b(?:gh[pousr]_|github_pat_|glpat-|xox[abeprs]-|sk_live_|rk_live_|sk-|dop_v1_|npm_)[\w-]{10,}"
    r"|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----(?:.*?-----END [A-Z ]*PRIVATE KEY-----)?"
    r"|\b(?:password|passwd|passphrase|secret|token|api[_-]?key|credential)s?(?:\s+is|\s*[:=])\s*[\"'`]?(?!\[)[^\s\"'`,;]{4,}"
    r"|\b(?=[A-Za-z0-9+/_]*\d)(?=[A-Za-z0-9+/_]*[a-z])(?=[A-Za-z0-9+/_]*[A-Z])[A-Za-z0-9+/_]{32,}",
    re.IGNORECASE | re.DOTALL,
)
#: What stands there instead, by code.
WORDS = {
    "secret": "[removed]",
    "link": "an internal page",
    "address": "an address",
    "telephone": "a telephone number",
    "id": "an id",
    "host": "one of our servers",
}


def secrets(text: str) -> list[str]:
    """What looks like a key, a token or a password."""
    return [found.group() for found in _SECRETS.finditer(text) if not _prose(found.group())]


def _prose(found: str) -> bool:
    """“token is invalid” gives nothing away; nor does a long word out of letters and slashes alone."""
    value = re.split(r"[\s:=\"'`]+", found)[-1]
    return found[:1].isalpha() and " " in found and value.isalpha() and value.islower()


def public_link(url: str, hosts: Sequence[str] = ()) -> bool:
    """Whether somebody outside can open it: a web page on a host with a public name. `hosts`: patterns of others."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").rstrip(".").lower()
    except ValueError:
        return False
    whole = parts.scheme in ("http", "https") and "." in host and not parts.username and not parts.password
    return whole and not _number(host) and not _inside(host, hosts)


def found(text: str, hosts: Sequence[str] = (), keep: Collection[str] = ()) -> list[tuple[str, str]]:
    """What of that is in the text: (code, passage), in no order. Links in `keep` may stay."""
    seen: list[tuple[str, str]] = []

    def noted(code: str, passage: str) -> str:
        seen.append((code, passage))
        return ""

    _replaced(text, hosts, keep, noted)
    return seen


def replaced(text: str, hosts: Sequence[str] = (), keep: Collection[str] = ()) -> tuple[str, bool]:
    """The text with neutral words instead, and whether there was any."""
    done = False

    def word(code: str, passage: str) -> str:
        nonlocal done
        done = True
        return WORDS[code]

    return _replaced(text, hosts, keep, word), done


def _replaced(text: str, hosts: Sequence[str], keep: Collection[str], word: Callable[[str, str], str]) -> str:
    kept: list[str] = []

    def link(match: re.Match[str]) -> str:
        label, url = (match.group(1), match.group(2)) if match.re is _LINK else ("", match.group().strip("<>"))
        if url in keep:
            kept.append(match.group())
            return f"\0{len(kept) - 1}\0"
        instead = word("link", url)
        return label or instead

    for pattern in (_LINK, _URL):
        text = pattern.sub(link, text)
    for code, pattern in (
        ("secret", _SECRETS),
        ("address", _MAIL),
        ("id", _UUID),
        ("id", _GROUPED),
        ("telephone", _PHONE),
    ):
        text = pattern.sub(lambda each, code=code: _unless_prose(code, each.group(), word), text)  # type: ignore[misc]
    text = _NUMBERS.sub(lambda each: word("address", each.group()) if _number(each.group()) else each.group(), text)
    text = _POD.sub(lambda each: word("host", each.group()), text)
    for pattern in (_PREFIXED, _HEX, _RUN):
        text = pattern.sub(lambda each: word("id", each.group()), text)
    text = _HOST.sub(lambda each: word("host", each.group()) if _host(each.group(), hosts) else each.group(), text)
    return re.sub(r"\0(\d+)\0", lambda each: kept[int(each.group(1))], text)


def _unless_prose(code: str, passage: str, word: Callable[[str, str], str]) -> str:
    return passage if code == "secret" and _prose(passage) else word(code, passage)


def _number(text: str) -> bool:
    """An address of the internet protocol; a time such as 14:20:05 is none."""
    try:
        return len(text) > 4 and bool(ip_address(text.partition("/")[0]))
    except ValueError:
        return False


def _host(text: str, patterns: Sequence[str]) -> bool:
    host, _, port = text.lower().partition(":")
    if _inside(host, patterns):
        return True
    if port and host[:1].isalpha():
        return True
    name, _, number = host.rpartition("-")
    return "." not in host and number.isdigit() and name.isascii() and name[:1].isalpha() and name not in _PLAIN


def _inside(host: str, patterns: Sequence[str]) -> bool:
    return host == "localhost" or host.endswith(_INSIDE) or any(fnmatch(host, each.lower()) for each in patterns)
