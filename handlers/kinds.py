"""Names of the jobs that handlers run beside deliveries, apart from the code that runs them."""

HISTORY = "history"
REFRESH = "refresh"
SETTINGS = "settings"
SPEAK = "speak"
