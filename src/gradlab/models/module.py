"""A model out of a `torch.nn.Module`."""

from torch import Tensor, nn

from gradlab.models.model import Model


def from_module(module: nn.Module) -> Model:
    """The module as a function of its parameters, which start at their present values; the module is left as it is.

    The parameters are those of `named_parameters()` that require a gradient. A module gets x with a column per input,
    (n, k), as layers expect it, also for k = 1; a prediction of shape (n, 1) is handed on as (n,).

    Raises ModelError for a module without trainable parameters.

    >>> import torch
    >>> model = from_module(nn.Linear(2, 1))
    >>> model.parameters, model(torch.ones(5, 2), **model.start).shape
    (('weight', 'bias'), torch.Size([5]))
    """
    from torch.func import functional_call

    def function(x: Tensor, /, **params: Tensor) -> Tensor:
        prediction: Tensor = functional_call(module, params, (x.unsqueeze(1) if x.dim() == 1 else x,))
        return prediction.squeeze(1) if prediction.shape == (x.shape[0], 1) else prediction

    start = {
        name: parameter.detach().clone() for name, parameter in module.named_parameters() if parameter.requires_grad
    }
    return Model(type(module).__name__, function, tuple(start), start)
