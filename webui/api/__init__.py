"""`/api/v1`: the same commands as the pages, for programs."""
