"""The recorder: what ran, under which name, with which operands, and where it stands in the user's code."""

import torch
import torch.nn.functional as F

from gradlab.recorder import Recorder, Value, record


def names_of(function, *args):
    return [operation.name for operation in record(function, *args)[1].operations]


def test_spellings_of_one_operation():
    x = torch.tensor([1.0, 2.0])
    spellings = [lambda: x - 2, lambda: x.sub(2), lambda: torch.subtract(x, 2), lambda: torch.sub(input=x, other=2)]
    for spelling in spellings:
        operation = record(spelling)[1].operations[0]
        assert (operation.name, list(operation.operands), operation.operands["b"]) == ("sub", ["a", "b"], 2)


def test_reflected_operators_keep_their_sides():
    x = torch.tensor([1.0, 2.0])
    for function, name in [(lambda: 2 - x, "sub"), (lambda: 2 / x, "div"), (lambda: 2**x, "pow")]:
        operation = record(function)[1].operations[0]
        assert operation.name == name
        assert operation.operands["a"] == 2
        assert operation.operands["b"].tensor is x


def test_results_are_untouched():
    x = torch.randn(50, generator=torch.Generator().manual_seed(0))
    plain = F.l1_loss(torch.sin(x) * 2, x)
    recorded, _ = record(lambda: F.l1_loss(torch.sin(x) * 2, x))
    assert torch.equal(plain, recorded)


def test_composites_are_opened_and_end_in_pytorchs_own_result():
    m, x = torch.tensor(2.0, requires_grad=True), torch.tensor([1.0, 2.0])
    loss, recording = record(lambda: torch.nn.L1Loss()(m * x, x))
    assert [(o.name, o.inside) for o in recording.operations] == [
        ("mul", None),
        ("sub", "l1_loss"),
        ("abs", "l1_loss"),
        ("mean", "l1_loss"),
    ]
    assert recording.operations[-1].result.tensor is loss


def test_a_composite_whose_expansion_disagrees_stays_closed():
    """Label smoothing is not in our expansion of cross entropy: the recording must not pretend otherwise."""
    scores, classes = torch.randn(3, 4, generator=torch.Generator().manual_seed(0)), torch.tensor([0, 1, 3])
    assert names_of(lambda: F.cross_entropy(scores, classes))[-1] == "mean"
    assert names_of(lambda: F.cross_entropy(scores, classes, label_smoothing=0.2)) == ["cross_entropy"]


def test_overwritten_values_keep_what_they_were():
    def overwrite():
        y = torch.tensor([1.0, 2.0]) * 3
        z = y * 2
        y += 10
        return y + z

    _, recording = record(overwrite)
    _, doubled, added, _ = recording.operations[-4:]
    assert doubled.operands["a"].tensor.tolist() == [3.0, 6.0]
    assert added.result.tensor.tolist() == [13.0, 16.0]


def test_setitem_is_an_operation_on_the_tensor_written_to():
    def write():
        y = torch.zeros(3)
        y[1] = 5.0
        return y

    operation = record(write)[1].operations[-1]
    assert (operation.name, operation.operands["index"], operation.operands["b"]) == ("setitem", 1, 5.0)
    assert isinstance(operation.operands["a"], Value)


def test_sites_tell_target_operands_and_text():
    m, b, x = torch.tensor(2.0), torch.tensor(1.0), torch.tensor([1.0, 2.0])
    with Recorder(sites=True) as recorder:
        y_hat = m * x + b
        residual = torch.abs(y_hat - x)
        residual -= b
        residual.sum()
    product, total, difference, absolute, shifted, summed = (o.site for o in recorder.recording.operations)
    assert (product.text, product.target, product.operands) == ("m * x", None, ("m", "x"))
    assert (total.text, total.target, total.operands) == ("m * x + b", "y_hat", ("m * x", "b"))
    assert (difference.text, difference.target) == ("y_hat - x", None)
    assert (absolute.target, absolute.operands) == ("residual", ("y_hat - x",))
    assert (shifted.target, shifted.statement) == ("residual", "residual -= b")
    assert (summed.target, summed.operands) == (None, ("residual",))
    assert product.file == __file__


def test_code_without_source_still_has_its_operations():
    space = {"x": torch.tensor([1.0])}
    with Recorder(sites=True) as recorder:
        exec("y = 2 * x", space)
    operation = recorder.recording.operations[0]
    assert (operation.name, operation.site.text, operation.site.target, operation.site.line) == ("mul", "", None, 1)
