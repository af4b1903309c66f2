"""How the loss curves: the largest lr that descent stands, and a quadratic descent in closed form."""

from gradlab.curvature.hessian import hessian_vector_product, largest_eigenvalue, largest_stable_lr
from gradlab.curvature.quadratic import QuadraticDescent, quadratic_descent

__all__ = [
    "QuadraticDescent",
    "hessian_vector_product",
    "largest_eigenvalue",
    "largest_stable_lr",
    "quadratic_descent",
]
