"""nbval runs the solved notebooks with progress of their own, so that a learner's stays what it is."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("LABKIT_PROGRESS", str(Path(tempfile.mkdtemp(prefix="labkit-")) / "progress.jsonl"))
