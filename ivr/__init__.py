"""The customer-service voice line of a mobile operator: menus, identification, services, agents."""

VERSION = "0.1.0"
