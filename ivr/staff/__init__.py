"""Users, roles, rights, sessions and second factors: all rules about who may come in."""
