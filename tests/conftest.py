"""What all tests share: the project's folder, and the third-party material that a test may need beside it."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("IR5NB_SHARED", ROOT.parent / "shared"))


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared material; third-party data is never copied into the project, so its tests need it beside."""
    if not SHARED.is_dir():
        pytest.skip(f"no shared material beside the project ({SHARED.name}/): third-party data is not copied into it")
    return SHARED
