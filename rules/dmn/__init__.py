"""DMN 1.1 to 1.5: reading the XML, decision tables, boxed expressions, requirements, and checks of all of them."""
