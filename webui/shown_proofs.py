"""Proof that this person was shown a task: whoever was, may be told what became of it, also when it is no longer theirs to see."""

import hmac

from flask import Flask, current_app
from itsdangerous import Signer

from kesu.webui.context import me


def init(app: Flask) -> None:
    """Let pages sign what they show."""
    app.jinja_env.globals.update(shown_proof=proof)


def proof(what: object) -> str:
    """Sign an id, or a list of them, for the person who is asking."""
    person = me()
    return _signer().get_signature(f"{person.login if person else ''} {what}").decode()


def holds(what: object, signature: str) -> bool:
    """Say whether this person was shown this."""
    return hmac.compare_digest(proof(what).encode(), signature.encode())


def _signer() -> Signer:
    return Signer(str(current_app.config["SECRET_KEY"]), salt="shown tasks")
