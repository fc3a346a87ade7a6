"""Clients for the operator's network and business systems: TM Forum Open APIs over HTTP.

``tmforum`` carries out orders (TMF641, TMF637); ``activation`` does so for operators that have
service activation only (TMF640). ``offers`` reads the catalogue (TMF620), ``billing`` reads bills
(TMF678), ``backoffice`` writes requests (TMF621), ``listener`` receives events about orders. All
use ``http_client``. ``ivr.simulators.network`` simulates the other side.
"""
