"""What we do: one file a service task, without imports between them."""

if __name__ != "kesu.handlers":
    raise ImportError("import this package as kesu.handlers")
