"""What a lab needs from Python: exercises with `check`, `hint`, `solution` and `reset`, and progress that is kept.

import labkit
lab = labkit.start("00_preflight")
"""

from labkit.errors import todo
from labkit.lab import Lab, start

__all__ = ["Lab", "start", "todo"]
