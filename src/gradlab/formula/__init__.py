"""A recorded objective as formulas: the model, the loss, each ∂L/∂p by the chain rule, in LaTeX and MathML."""

from gradlab.formula.formulas import Equation, Formulas, formulas

__all__ = ["Equation", "Formulas", "formulas"]
