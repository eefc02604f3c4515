"""(path, rule) pairs that tidy lets pass. The list started empty and stays empty; a test holds it so."""
EXCEPTIONS = frozenset()
