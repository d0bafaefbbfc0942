"""FEEL 1.5: lexer, parser, tree, compiler to closures, values and built-in functions. Knows nothing of DMN's XML."""
