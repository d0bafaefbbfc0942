"""What people see: pages, API, command line. `create_app` is where everything is put together."""

if __name__ != "kesu.webui":
    raise ImportError("import this package as kesu.webui")
