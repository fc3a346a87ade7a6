"""The data of the core: frozen values and closed sets. Imports the standard library only."""
