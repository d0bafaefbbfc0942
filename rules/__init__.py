"""FEEL and DMN: a language and its decision tables. Knows nothing of processes or complaints."""

if __name__ != "kesu.rules":
    raise ImportError("import this package as kesu.rules")
