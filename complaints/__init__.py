"""The case file: complaint, complainant, product, clocks, remedies, surveys, reports."""

if __name__ != "kesu.complaints":
    raise ImportError("import this package as kesu.complaints")
