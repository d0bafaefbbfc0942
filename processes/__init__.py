"""Diagrams, decision tables, forms and their scenarios, shipped as data."""
