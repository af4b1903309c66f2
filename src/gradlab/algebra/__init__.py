"""Expressions: put into each other, simplified, their products collected, written as text."""

from gradlab.algebra.products import Product, collected, factored
from gradlab.algebra.simplify import ONE, ZERO, simplified, substituted
from gradlab.algebra.spell import number_text, spelled

__all__ = ["ONE", "ZERO", "Product", "collected", "factored", "number_text", "simplified", "spelled", "substituted"]
