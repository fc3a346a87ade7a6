"""How the parts are started: configuration, commands, containers."""
