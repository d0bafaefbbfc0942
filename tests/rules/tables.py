"""Small DMN files, written by the test that needs them."""

from xml.sax.saxutils import escape

V13 = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def dmn(*parts: str, namespace: str = V13, more: str = "") -> str:
    """Return a DMN file of these elements."""
    return f'<definitions xmlns="{namespace}" id="defs" name="test" namespace="urn:test" {more}>{"".join(parts)}</definitions>'


def inputs(**types: str) -> str:
    """Return input data elements by name and type."""
    return "".join(f'<inputData id="in_{n}" name="{n}"><variable name="{n}" typeRef="{t}"/></inputData>' for n, t in types.items())


def decision(name: str, logic: str, requires: str = "", type_ref: str | None = None) -> str:
    """Return a decision; `requires` names inputs (in_x), decisions or knowledge by id, separated by spaces."""
    variable = f'<variable name="{name}"' + (f' typeRef="{type_ref}"' if type_ref else "") + "/>"
    return f'<decision id="{_id(name)}" name="{name}">{variable}{"".join(map(_requirement, requires.split()))}{logic}</decision>'


def literal(text: str) -> str:
    """Return a literal expression."""
    return f'<literalExpression id="lit"><text>{escape(text)}</text></literalExpression>'


def table(rows: list[str], policy: str = "UNIQUE", types: dict[str, str] | None = None, outputs: str = "", more: str = "") -> str:
    """Return a table of rows such as "> 1 | "a" => 5 | 6"; `types` are the input expressions with their types."""
    columns = {"x": "number"} if types is None else types
    clauses = "".join(
        f'<input id="i{place}" label="{name}"><inputExpression typeRef="{kind}"><text>{name}</text></inputExpression></input>'
        for place, (name, kind) in enumerate(columns.items())
    )
    outputs = outputs or '<output id="o0" name="result"/>'
    rules = "".join(_rule(number, row) for number, row in enumerate(rows, 1))
    return f'<decisionTable id="table" hitPolicy="{policy}" {more}>{clauses}{outputs}{rules}</decisionTable>'


def _rule(number: int, row: str) -> str:
    left, _, right = row.partition("=>")
    cells = "".join(
        f'<inputEntry id="r{number}i{place}"><text>{escape(cell.strip())}</text></inputEntry>'
        for place, cell in enumerate(left.split("|"))
    )
    results = "".join(
        f'<outputEntry id="r{number}o{place}"><text>{escape(cell.strip())}</text></outputEntry>'
        for place, cell in enumerate(right.split("|"))
    )
    return f'<rule id="r{number}">{cells}{results}</rule>'


def _requirement(target: str) -> str:
    if target.startswith("in_"):
        return f'<informationRequirement><requiredInput href="#{target}"/></informationRequirement>'
    if target.startswith(("bkm_", "ds_")):
        return f'<knowledgeRequirement><requiredKnowledge href="#{target}"/></knowledgeRequirement>'
    return f'<informationRequirement><requiredDecision href="#{target}"/></informationRequirement>'


def _id(name: str) -> str:
    return name.replace(" ", "_")
