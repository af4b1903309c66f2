"""The gradient three ways, behind one signature: `gradient(objective, params) -> Evaluation`.

`finite_difference` tries a little more and a little less of each parameter; `chain_rule` walks back by hand through
the operations that ran; `autograd` asks PyTorch. `explicit` is the lesson's own route, with derivatives written out.
"""

from gradlab.gradients.autograd import autograd
from gradlab.gradients.chain import chain_rule, walk_back
from gradlab.gradients.difference import finite_difference
from gradlab.gradients.explicit import explicit
from gradlab.gradients.named import GRADIENTS, resolve

__all__ = ["GRADIENTS", "autograd", "chain_rule", "explicit", "finite_difference", "resolve", "walk_back"]
