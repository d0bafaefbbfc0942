"""How it moves: definitions, instances, user tasks, timers, jobs, history. Knows nothing of complaints or the web."""

if __name__ != "kesu.engine":
    raise ImportError("import this package as kesu.engine")
