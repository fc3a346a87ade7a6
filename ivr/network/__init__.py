"""The operator's network and business systems behind: TM Forum Open APIs over HTTP.

``tmforum`` carries out orders (TMF641, TMF637), ``activation`` does where an operator has service
activation only (TMF640), ``offers`` reads the catalogue (TMF620), ``billing`` bills (TMF678),
``backoffice`` leaves requests (TMF621), ``listener`` hears that an order has changed. All speak
through ``wire``. ``simulator`` is a network of our own that speaks the same.
"""
