"""The roof: everything is put together here and nowhere else."""

import sys

# structlog would draw tracebacks with rich where that happens to be installed: 3 MB and 20 ms, for lines that are JSON
sys.modules.setdefault("rich", None)  # type: ignore[arg-type]
