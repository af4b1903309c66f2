"""A recorded objective as formulas: the model, the loss, each ∂L/∂p by the chain rule, in LaTeX and MathML."""

from gradlab.formula.equations import Equation, Formulas, formulas

__all__ = ["Equation", "Formulas", "formulas"]
