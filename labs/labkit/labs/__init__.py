"""The labs' exercises, hints and checks: one package per lab, named like the lab without its number."""
