"""`ir5nb simulate` as a machine reads it."""

import json
from pathlib import Path

from typer.testing import CliRunner

from ir5nb.cli import app


def test_json_names_every_file(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["simulate", "--patients", "5", "--json", str(tmp_path / "export")])
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    files = {path.relative_to(tmp_path / "export").as_posix() for path in (tmp_path / "export").rglob("*.csv")}
    assert set(told["files"]) == files
    assert {"dm.csv", "truth/rates.csv"} <= files
