"""The application at an address of this machine, behind the server that it has in production."""

import threading
from contextlib import contextmanager

from waitress import wasyncore

from kesu.webui.servers import prepared


@contextmanager
def served(app):
    """Serve an application on a free port and give its address; nobody is answering any more when this is left."""
    with running(prepared(app, host="127.0.0.1", port=0, threads=4)) as address:
        yield address


@contextmanager
def running(server):
    """Run a server beside the test and give its address."""
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        server.task_dispatcher.shutdown()  # whoever still answers is let finish
        # The loop closes its own sockets: closed from here, it could be about to wait for one of them.
        server.trigger.pull_trigger(lambda: wasyncore.close_all(server._map))
        thread.join()
