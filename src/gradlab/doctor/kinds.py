"""What the doctor does with each of PyTorch's functions, decided once per function by its name."""

from dataclasses import dataclass

QUIET = frozenset(
    "shape dtype device is_leaf requires_grad grad_fn ndim is_cuda is_sparse is_complex layout names _version output_nr"
    " size dim numel nelement stride storage_offset element_size is_contiguous is_floating_point is_signed __len__"
    " __repr__ __format__ __hash__ _set_grad_enabled is_grad_enabled register_hook retain_grad retains_grad data_ptr"
    " register_post_accumulate_grad_hook storage untyped_storage __reduce_ex__ __dir__ is_pinned is_shared is_meta"
    " _record_function_enter_new _record_function_exit"
    " _record_function_exit._RecordFunction manual_seed seed set_default_dtype get_device"
    " is_quantized is_mkldnn is_inference is_same_size __bool__ is_tensor set_printoptions _is_view _base".split()
)
"""Functions that neither compute from a parameter nor touch a gradient: they are only called."""

ESCAPES = frozenset("item tolist numpy __array__ __float__ __int__ __index__ __complex__ __dlpack__".split())
"""Functions that give out Python numbers or NumPy arrays: autograd cannot follow."""

FACTORIES = frozenset("tensor as_tensor asarray scalar_tensor".split())
"""Functions that make a new tensor of numbers, which forgets where they came from."""

ZEROING = frozenset({"zero_", "_foreach_zero_"})

PROJECTIONS = frozenset(
    "clamp_ clamp_min_ clamp_max_ clip_ uniform_ normal_ zero_ trunc_normal_ fill_ exponential_ renorm_"
    " kaiming_uniform_ xavier_uniform_ xavier_normal_ kaiming_normal_ orthogonal_ constant_ ones_ zeros_"
    " nan_to_num_ relu_".split()
)
"""Changes of a parameter in place that are no step along its gradient."""

RISKY = frozenset(
    "square log log2 log10 log1p logit div true_divide __rtruediv__ __rdiv__ sqrt rsqrt pow __pow__ __rpow__ exp"
    " expm1 reciprocal acos asin atanh acosh norm linalg_norm linalg_vector_norm std var softmax"
    " log_softmax normalize cosine_similarity prod logsumexp tan cross_entropy binary_cross_entropy"
    " nll_loss kl_div gaussian_nll_loss poisson_nll_loss cumprod sinh cosh inverse linalg_inv linalg_solve"
    " arccos arcsin xlogy divide".split()
)
"""Operations that can make NaN or infinity of ordinary numbers: their results are looked at in every step."""

STEEP = frozenset("sqrt norm linalg_norm linalg_vector_norm pow __pow__ std var acos asin rsqrt log cdist".split())
"""Operations whose derivative can be infinite or undefined where their value is finite, at 0 or at a constant input."""

CONSTANT_WRITERS = frozenset(
    "masked_fill masked_fill_ where full full_like fill_ new_full empty empty_like new_empty empty_strided".split()
)
"""Operations that write infinities on purpose, as attention masks do, or nothing at all."""

COMBINING = frozenset("sub __sub__ __rsub__ rsub subtract add __add__ mul __mul__ div __truediv__ __rtruediv__".split())
LOSSES = frozenset("mse_loss l1_loss smooth_l1_loss huber_loss".split())
"""Losses that broadcast their two operands; the others refuse different shapes."""

SIGNS = frozenset({"sign", "sgn", "sign_"})
COLLECTING = frozenset({"clone", "cat", "stack"})


_CUTS = {
    "no_grad": "torch.no_grad()",
    "data": ".data",
    "tensor": "torch.tensor(…)",
    "as_tensor": "torch.as_tensor(…)",
    "Parameter": "nn.Parameter(…)",
    "__array__": "numpy()",
    "__float__": "float(…)",
    "__int__": "int(…)",
}


def spoken_cut(how: str) -> str:
    """How the code would have it: `detach()` for `detach`."""
    return _CUTS.get(how, f"{how}()")


@dataclass(frozen=True, slots=True)
class Kind:
    """A function as the handlers see it: its name, and what about its result deserves a look."""

    name: str
    risky: bool
    steep: bool
    compares: bool
    loss: bool
    sign: bool
    collects: bool

    @staticmethod
    def named(name: str) -> "Kind":
        families = (RISKY, STEEP, COMBINING, LOSSES, SIGNS, COLLECTING)
        return Kind(name, *(name in family for family in families))
