"""The pages for people who have signed in: one file per page, imported when it is first asked for."""
