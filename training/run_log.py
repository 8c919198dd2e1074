"""What a training run has written about itself."""

import json
from pathlib import Path
from typing import Any


def last_line(run: Path) -> dict[str, Any]:
    """The last line of ``log.jsonl`` in the folder of a run."""
    line: dict[str, Any] = json.loads((run / "log.jsonl").read_text(encoding="utf8").splitlines()[-1])
    return line
