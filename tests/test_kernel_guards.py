"""What a fused loop would get wrong is seen, left to the eager loop, and said; what only looks so is fused."""

import json
import random

import pytest
import torch

from gradlab import descent
from gradlab.data import Points, noisy_line
from gradlab.history import History
from gradlab.messages import speaking

POINTS = noisy_line(m=0.5, b=0.0, n=50, seed=0)
WEIGHTS = torch.linspace(0, 1, 50, dtype=torch.float64)
CALLS = []


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("GRADLAB_CACHE", str(tmp_path_factory.mktemp("cache")))


class Doubled(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a):
        return 2 * a

    @staticmethod
    def backward(ctx, g):
        return 2 * g


def reads_a_number(x, m, b):
    return m.item() * x + b


def branches_on_a_parameter(x, m, b):
    return m * x + b if m > 0.1 else m * x


def branches_on_x(x, m, b):
    return m * x + b if x.max() > 1e3 else m * x


def by_numpy(x, m, b):
    return m * x + b + float(m.detach().numpy())


def random_numbers(x, m, b):
    return m * x + b + 1e-3 * torch.rand_like(x)


def a_random_number(x, m, b):
    return m * x + b * random.random()


def assigns_to_elements(x, m, b):
    prediction = m * x + b
    prediction[0] = 0.0
    return prediction


def writes_through_a_view(x, m, b):
    prediction = m * x + b
    prediction[:1].mul_(2)
    return prediction


def writes_over_x(x, m, b):
    return m * x.mul_(1.0) + b


def by_a_condition(x, m, b):
    return m * x + b * (x[x > 10].sum() / x[x > 10].sum())


def by_an_index(x, m, b):
    return (m * x + b)[torch.arange(len(x))]


def without_a_rule(x, m, b):
    return m * x + b + torch.special.i0(b)


def centred(x, m, b):
    return m * (x - x.mean()) + b


def sorted_points(x, m, b):
    return m * x.sort().values + b


def summed_by_matmul(x, m, b):
    return m * x + b * torch.matmul(x, x)


def neighbours(x, m, b):
    return m * (x + x.roll(1)) + b


def in_an_own_function(x, m, b):
    return Doubled.apply(m) * x + b


def counts_its_points(x, m, b):
    return m * x + b / x.shape[0]


def counts_its_calls(x, m, b):
    CALLS.append(1)
    return m * x + b * len(CALLS)


def weighs_the_points(x, m, b):
    return (m * x + b) * WEIGHTS


def numbers_the_points(x, m, b):
    return m * x + b * torch.arange(len(x))


def in_half_precision(x, m, b):
    return (m.float() * x.float() + b.float()).double()


REFUSED = {
    reads_a_number: "read_out",
    branches_on_a_parameter: "read_out",
    branches_on_x: "no_rule",
    by_numpy: "read_out",
    random_numbers: "no_rule",
    a_random_number: "differs",
    assigns_to_elements: "no_rule",
    writes_through_a_view: "writes_over",
    writes_over_x: "writes_over",
    by_a_condition: "index",
    by_an_index: "index",
    without_a_rule: "no_rule",
    centred: "mixes_points",
    sorted_points: "no_rule",
    summed_by_matmul: "mixes_points",
    neighbours: "no_rule",
    in_an_own_function: "unseen",
    counts_its_points: "differs",
    counts_its_calls: "differs",
    weighs_the_points: "raises",
    numbers_the_points: "point_by_point",
    in_half_precision: "precision",
}


@pytest.mark.parametrize(("model", "reason"), REFUSED.items(), ids=lambda case: getattr(case, "__name__", case))
def test_it_stays_eager_and_says_why(model, reason):
    torch.manual_seed(0)
    history = descent.fit(model, POINTS, steps=3, lr=1e-4, engine="fused", start={"m": 0.3})
    assert (history.engine, history.settings["engine_reason"]["key"]) == ("eager", f"kernel.{reason}")
    sentences = []
    for language in ("en", "es"):
        with speaking(language):
            sentences.append(history.engine_sentence())
    assert all(sentences) and sentences[0] != sentences[1]
    json.dumps(history.settings["engine_reason"])


class Hidden:
    """A model that takes another branch from its fourth call on: no recording can see it coming."""

    def __init__(self):
        self.calls = 0

    def __call__(self, x, m, b):
        self.calls += 1
        return m * x + (b if self.calls < 4 else 2 * b)


def test_a_branch_that_no_recording_saw_is_seen_at_the_last_row():
    history = descent.fit(Hidden(), POINTS, steps=3, lr=1e-4, engine="fused", start={"b": 1.0})
    assert history.engine == "fused"  # three calls: two recordings and the look back
    model = Hidden()
    model.calls = 1
    history = descent.fit(model, POINTS, steps=3, lr=1e-4, engine="fused", start={"b": 1.0})
    assert (history.engine, history.settings["engine_reason"]["key"]) == ("eager", "kernel.disagrees")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"gradient": "finite-difference"}, "gradient"),
        ({"batch_size": 7}, "batches"),
        ({"optimizer": "torch:AdamW"}, "state"),
        ({"loss": lambda prediction, y: ((prediction - y) ** 2).mean().sqrt()}, "no_mean"),
        ({"loss": lambda prediction, y: (prediction - prediction.mean() - y) ** 2}, "mixes_points"),
    ],
)
def test_runs_that_are_not_for_it(options, reason):
    history = descent.fit("line", POINTS, steps=2, lr=1e-4, engine="fused", **options)
    assert (history.engine, history.settings["engine_reason"]["key"]) == ("eager", f"kernel.{reason}")


def test_a_model_that_returns_a_wrong_shape_is_refused_as_ever():
    from gradlab.errors import ShapeError

    with pytest.raises(ShapeError):
        descent.fit(lambda x, m: m * x.reshape(-1, 1), POINTS, steps=2, engine="fused")


def test_the_reason_survives_a_file(tmp_path):
    history = descent.fit(centred, POINTS, steps=2, lr=1e-4, engine="fused")
    history.save(tmp_path / "run.json")
    assert History.load(tmp_path / "run.json").engine_sentence() == history.engine_sentence() is not None


def test_angles_beyond_its_reach_are_left_to_the_eager_loop():
    points = Points(torch.tensor([1.0, 3e6], dtype=torch.float64), torch.tensor([0.0, 1.0], dtype=torch.float64))
    history = descent.fit("a*sin(x)", points, steps=3, engine="fused")
    assert history.engine == "eager" and history.losses.isfinite().all()
