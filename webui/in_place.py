"""Forms that the inbox sends without leaving it: refused, the answer is their part of the page; done, it is where to go on."""

from typing import Final

from flask import Flask, Response, request

HEADER: Final = "X-In-Place"
LOCATION: Final = "X-Location"


def init(app: Flask) -> None:
    """Tell the script where a redirect leads: following it unseen would use up what the next page has to say."""
    app.after_request(_told)


def in_place() -> bool:
    """Say whether only a part of the page is asked for."""
    return HEADER in request.headers


def _told(response: Response) -> Response:
    if in_place() and 300 <= response.status_code < 400 and "Location" in response.headers:
        response.headers[LOCATION] = response.headers.pop("Location")
        response.status_code = 204
        response.set_data(b"")
    return response
