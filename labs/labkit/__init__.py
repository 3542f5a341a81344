"""What a lab needs from Python: exercises with `check`, `hint`, `solution` and `reset`, and progress that is kept.

import labkit
lab = labkit.start("03")  # a lab's number, or its whole name
"""

from labkit.errors import todo
from labkit.lab import Lab
from labkit.starting import start

__all__ = ["Lab", "start", "todo"]
