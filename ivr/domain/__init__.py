"""What is talked about, as data: frozen values and closed sets. The standard library only."""
