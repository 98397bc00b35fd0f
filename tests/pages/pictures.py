"""`./run pictures [NAME …]`: a picture of each page, light, dark and on a phone, into the folder `pictures`."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.pages.filled import ADDRESSES, filled
from tests.pages.place import CHROMIUM, serving

FOLDER = Path(__file__).parent.parent.parent / "pictures"
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light", "has_touch": True},
}


def main(names: Sequence[str]) -> int:
    if unknown := set(names) - set(ADDRESSES):
        print(f"There is no page {', '.join(sorted(unknown))}. Pages: {', '.join(ADDRESSES)}", file=sys.stderr)
        return 2
    if not CHROMIUM.exists():
        print("There is no Chromium here (Debian: apt-get install chromium).", file=sys.stderr)
        return 1
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        print("Playing an incident to look at ...", file=sys.stderr)
        with serving(filled(Path(folder))) as place:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
            for look, options in LOOKS.items():
                page = place.browser_of(browser, "ingrid", **options).new_page()
                for name in names or ADDRESSES:
                    answer = page.goto(ADDRESSES[name])
                    if answer is None or answer.status >= 500:
                        print(f"{ADDRESSES[name]} broke; the server said: {place.told[-20:]}", file=sys.stderr)
                        return 1
                    file = FOLDER / f"{name}-{look}.png"
                    page.screenshot(path=file, full_page=True)
                    print(file)
            browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
