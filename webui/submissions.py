"""What came in with a task's form: the fields by their keys, files apart. Whether it holds is the engine's to say."""

from typing import Any

from flask import request
from werkzeug.datastructures import FileStorage

from kesu.complaints.attachments import Examined, Upload, accept
from kesu.engine.forms import Field, Form

PREFIX = "f."  # so that no field can take the name of the page's own inputs


def values(form: Form | None) -> dict[str, Any]:
    """Return what was filled in, by field key; a field that is not in the request is left out."""
    found: dict[str, Any] = {}
    for each in form.fields if form else ():
        name = PREFIX + each.key
        if each.type == "checkbox":
            found[each.key] = name in request.form
        elif each.type == "checklist":
            found[each.key] = request.form.getlist(name)
        elif each.type == "file":
            found[each.key] = [upload.filename for upload in _sent(each)]
        elif name in request.form:
            found[each.key] = request.form[name]
    return found


def files(form: Form | None) -> list[Examined]:
    """Return the files that came with the form. Raises `Invalid` with a sentence for each that cannot be taken."""
    sent = [upload for each in (form.fields if form else ()) if each.type == "file" for upload in _sent(each)]
    return accept([Upload(upload.filename or "", upload.read()) for upload in sent]) if sent else []


def _sent(each: Field) -> list[FileStorage]:
    return [upload for upload in request.files.getlist(PREFIX + each.key) if upload.filename]
