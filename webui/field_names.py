"""What the variables of a case are called: the labels of the fields in the forms that it was started with."""

from sqlalchemy import Connection

from kesu.engine import forms, packages
from kesu.engine.resources import FORM
from kesu.webui.context import database
from kesu.webui.languages import named


def of_package(connection: Connection, package_id: int) -> dict[str, str]:
    """Return the label of every field, in the reader's language, by variable."""
    package = packages.load(database(), connection, package_id)
    read = [forms.read(package.contents[resource_id]) for resource_id in package.pins[FORM].values()]
    return {each.key: named({"name": each.label, "name_en": each.label_en}) for form in read for each in form.fields if each.key}
