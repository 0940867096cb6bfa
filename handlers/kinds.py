"""Names of the jobs that handlers run beside deliveries, apart from the code that runs them."""

from reports.reading_on import KIND as HISTORY
from reports.settings_looks import KIND as SETTINGS

__all__ = ["HISTORY", "REFRESH", "SETTINGS", "SPEAK", "UNANSWERED"]

REFRESH = "refresh"
SPEAK = "speak"
UNANSWERED = "unanswered"
"""Says in a thread that a delivery was given up, where GitHub did not hear it at once."""
