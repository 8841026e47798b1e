"""A headless Chromium with nothing to talk to; where there is none the tests are skipped, but never in CI."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

QUIET = [
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic",
    "--no-first-run", "--disable-gpu",
]  # fmt: skip


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("IR5NB_REQUIRE_BROWSER"):
            pytest.fail("IR5NB_REQUIRE_BROWSER is set, but there is no Chromium: install the package chromium")
        pytest.skip("no Chromium on this machine: install the package chromium")
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=path, args=QUIET + root)
        yield opened
        opened.close()
