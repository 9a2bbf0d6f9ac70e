"""The house's own support and escalation procedures as a document, made from its policy: nothing in it is invented."""

from callout.views.procedure.facts import Facts, ProductPorts
from callout.views.procedure.forms import procedure_dict, procedure_html, procedure_markdown
from callout.views.procedure.model import Block, Part, Procedure, Row, Said
from callout.views.procedure.whole import procedure

__all__ = [
    "Block",
    "Facts",
    "Part",
    "Procedure",
    "ProductPorts",
    "Row",
    "Said",
    "procedure",
    "procedure_dict",
    "procedure_html",
    "procedure_markdown",
]
