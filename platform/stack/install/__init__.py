"""How each kind of server gets into the cache: downloads, Maven artifacts, Go modules, wheels."""
