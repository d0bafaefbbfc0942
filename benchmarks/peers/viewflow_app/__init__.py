"""The Django application in which Viewflow looks for flows."""
