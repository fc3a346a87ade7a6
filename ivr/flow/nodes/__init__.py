"""The kinds of node, one file each. A new kind needs one file, and one line here."""

from typing import Annotated

from pydantic import Field

from ivr.flow.nodes.account import AccountAnswer
from ivr.flow.nodes.agent import AgentQueue
from ivr.flow.nodes.callback import CallbackNode
from ivr.flow.nodes.favourite import Favourite
from ivr.flow.nodes.forwarding import Forwarding
from ivr.flow.nodes.goodbye import Goodbye
from ivr.flow.nodes.identify import Identify
from ivr.flow.nodes.invoice import PrepaymentInvoice
from ivr.flow.nodes.language import LanguageChoice
from ivr.flow.nodes.listing import ListNode
from ivr.flow.nodes.menu import Choice, Menu
from ivr.flow.nodes.node import Next, Node, NodeId, TextKey
from ivr.flow.nodes.packages import PackagesNode
from ivr.flow.nodes.puk import Puk
from ivr.flow.nodes.request import RequestNode
from ivr.flow.nodes.say import Say
from ivr.flow.nodes.service import ServiceNode
from ivr.flow.nodes.services import Services
from ivr.flow.nodes.suspension import Suspension
from ivr.flow.nodes.unblock import Unblock

AnyNode = Annotated[
    AccountAnswer
    | AgentQueue
    | CallbackNode
    | Favourite
    | Forwarding
    | Goodbye
    | Identify
    | LanguageChoice
    | ListNode
    | Menu
    | PackagesNode
    | PrepaymentInvoice
    | Puk
    | RequestNode
    | Say
    | ServiceNode
    | Services
    | Suspension
    | Unblock,
    Field(discriminator="kind"),
]

__all__ = [
    "AccountAnswer",
    "AgentQueue",
    "AnyNode",
    "CallbackNode",
    "Choice",
    "Favourite",
    "Forwarding",
    "Goodbye",
    "Identify",
    "LanguageChoice",
    "ListNode",
    "Menu",
    "Next",
    "Node",
    "NodeId",
    "PackagesNode",
    "PrepaymentInvoice",
    "Puk",
    "RequestNode",
    "Say",
    "ServiceNode",
    "Services",
    "Suspension",
    "TextKey",
    "Unblock",
]
