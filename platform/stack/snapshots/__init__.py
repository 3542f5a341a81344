"""`lakehouse snapshot save|restore|list`: the state of all stores at one moment, kept and brought back."""
