"""The demo company: people, products and a month of complaints, all of it invented, lived through on the real engine."""

if __name__ != "kesu.webui.demo":
    raise ImportError("import this package as kesu.webui.demo")
