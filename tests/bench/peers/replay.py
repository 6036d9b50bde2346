"""Replays of a measured pool by peers: ``python replay.py POOL.json --method botorch -o OUT.json``.

Runs in the peers' own environment (``make peers``): imports nothing of Vitrion, and Vitrion imports nothing of it.
README.md beside it describes the files.
"""

import argparse
import json
import os
import random
import statistics
import sys
import tempfile
import time
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import torch

PARTS = ("baybe", "botorch", "gpytorch", "torch")
NUDGE = 1e-9  # of a column's range: tells members of equal descriptors apart and is far below what a kernel sees


def descriptors(pool, prior=False):
    """Descriptors of the pool without its constant columns and with distinct rows, ndarray of shape (n, p).

    With `prior` what Vitrion's predictor expects stands beside them, a column an objective.
    """
    X = np.asarray(pool["X"], dtype=float)
    if prior:
        X = np.column_stack([X, np.asarray(pool["prior"], dtype=float).reshape(len(X), -1)])
    X = X[:, np.ptp(X, axis=0) > 0]
    low, width = X.min(axis=0), np.ptp(X, axis=0)
    X = (X - low) / width
    twin = pd.DataFrame(X).groupby(list(range(X.shape[1])), sort=False).cumcount().to_numpy()
    X[:, 0] += NUDGE * twin
    return X


def readings(pool, seed):
    """What is measured in the world of a seed, ndarray of shape (n, m), all to be maximised; nobody sees its truth."""
    Y = np.asarray(pool["measured"][str(seed)], dtype=float)
    return Y.reshape(len(Y), -1)


class BayBE:
    """A BayBE campaign with its default recommender over one parameter whose labels carry the descriptors.

    One objective is a numerical target; two are a Pareto objective, as BayBE advises where no weights are known.
    """

    def __init__(self, X, Y, start):
        from baybe import Campaign
        from baybe.objectives import ParetoObjective, SingleTargetObjective
        from baybe.parameters import CustomDiscreteParameter
        from baybe.searchspace import SearchSpace
        from baybe.targets import NumericalTarget

        self.Y = Y
        self.names = [f"value_{k}" for k in range(Y.shape[1])]
        targets = [NumericalTarget(name=name) for name in self.names]
        objective = SingleTargetObjective(targets[0]) if len(targets) == 1 else ParetoObjective(targets)
        columns = [f"d{j}" for j in range(X.shape[1])]
        table = pd.DataFrame(X, index=[str(i) for i in range(len(X))], columns=columns)
        glass = CustomDiscreteParameter(name="glass", data=table, decorrelate=False)
        self.campaign = Campaign(
            SearchSpace.from_product([glass]),
            objective,
            allow_recommending_already_measured=False,
            allow_recommending_already_recommended=False,
        )
        if start:
            self.tell(start)

    def tell(self, indices):
        """Give the values of these members."""
        told = pd.DataFrame(self.Y[indices], columns=self.names)
        told.insert(0, "glass", [str(i) for i in indices])
        self.campaign.add_measurements(told)

    def ask(self, batch):
        """Indices of the members proposed."""
        return [int(label) for label in self.campaign.recommend(batch_size=batch)["glass"]]


class BoTorch:
    """BoTorch's default Gaussian process with noisy log expected improvement over the members left.

    One objective: ``qLogNoisyExpectedImprovement``; two: a model each and ``qLogNoisyExpectedHypervolumeImprovement``
    with the reference point that BoTorch infers from the front of the start, or from all of it where one member leads.
    """

    def __init__(self, X, Y, start):
        self.X = torch.tensor(X, dtype=torch.double)
        self.Y = torch.tensor(Y, dtype=torch.double)
        self.start, self.measured = list(start), list(start)

    def tell(self, indices):
        """Give the values of these members."""
        self.measured.extend(indices)

    def ask(self, batch):
        """Indices of the members proposed."""
        from botorch.optim import optimize_acqf_discrete

        left = np.setdiff1d(np.arange(len(self.X)), self.measured)
        if len(self.measured) < 2:
            return [int(i) for i in np.random.permutation(left)[:batch]]  # noqa: NPY002 - seeded with the rest
        choices = self.X[left]
        chosen, _ = optimize_acqf_discrete(self.acquisition(), q=min(batch, len(left)), choices=choices)
        return [int(left[torch.argmax((choices == row).all(dim=-1).int())]) for row in chosen]

    def scaled(self):
        """Values measured, standardised by themselves, tensor of shape (measured, m), and those of the start."""
        known = self.Y[self.measured]
        spread = known.std(dim=0).clamp_min(1e-12)
        return (known - known.mean(dim=0)) / spread, (self.Y[self.start] - known.mean(dim=0)) / spread

    def acquisition(self):
        """The acquisition function of a model fitted to what is measured."""
        from botorch.acquisition.logei import qLogNoisyExpectedImprovement
        from botorch.acquisition.multi_objective.logei import qLogNoisyExpectedHypervolumeImprovement
        from botorch.utils.multi_objective.hypervolume import infer_reference_point
        from botorch.utils.multi_objective.pareto import is_non_dominated

        X = self.X[self.measured]
        Y, start = self.scaled()
        if Y.shape[1] == 1:
            return qLogNoisyExpectedImprovement(self.model(X, Y), X_baseline=X, prune_baseline=True)
        start = start if len(start) else Y
        front = start[is_non_dominated(start)]
        reference = infer_reference_point(front if len(front) > 1 else start)
        return qLogNoisyExpectedHypervolumeImprovement(
            self.model(X, Y), ref_point=reference, X_baseline=X, prune_baseline=True
        )

    def model(self, X, Y):
        """A Gaussian process an objective, fitted."""
        from botorch.fit import fit_gpytorch_mll
        from botorch.models import ModelListGP, SingleTaskGP
        from botorch.models.transforms import Normalize, Standardize
        from gpytorch.mlls import ExactMarginalLogLikelihood, SumMarginalLogLikelihood

        bounds = torch.stack([self.X.amin(dim=0), self.X.amax(dim=0)])
        models = [
            SingleTaskGP(X, y, outcome_transform=Standardize(1), input_transform=Normalize(X.shape[1], bounds=bounds))
            for y in Y.split(1, dim=1)
        ]
        model = models[0] if len(models) == 1 else ModelListGP(*models)
        likelihood = ExactMarginalLogLikelihood if len(models) == 1 else SumMarginalLogLikelihood
        fit_gpytorch_mll(likelihood(model.likelihood, model))
        return model


PEERS = {"baybe": BayBE, "botorch": BoTorch}
WITH_PRIOR = "+prior"  # of a peer that is told what our predictor expects


def replay(pool, method, batch, seed, most):
    """One run: the order of measurement, and what a call cost in seconds (its median)."""
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002 - the peers draw from the global generators
    torch.manual_seed(seed)
    order = [int(i) for i in pool["starts"][str(seed)]]
    name, _, prior = method.partition("+")
    peer = PEERS[name](descriptors(pool, prior=bool(prior)), readings(pool, seed), order)
    limit, seconds = min(most, len(pool["X"])), []
    while len(order) < limit:
        began = time.perf_counter()
        proposed = peer.ask(min(batch, limit - len(order)))
        seconds.append(time.perf_counter() - began)
        if not proposed or set(proposed) & set(order) or len(set(proposed)) < len(proposed):
            raise RuntimeError(f"{method} proposed {proposed}: none, or a member twice, after {order}")
        peer.tell(proposed)
        order += proposed
    median = statistics.median(seconds) if seconds else None
    return {"order": order, "seconds_per_call": median, "calls": len(seconds)}


def held(path):
    """The runs that a file already holds."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else []


def keep(path, runs):
    """Write the runs in one stroke, so that a run that is stopped leaves a whole file."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, suffix=".part", delete=False, encoding="utf-8") as file:
        json.dump(runs, file, indent=1)
    os.replace(file.name, path)  # noqa: PTH105


def self_test():
    """Both peers find the best of 60 synthetic members sooner than chance, with a useful prior sooner still."""
    rng = np.random.default_rng(0)
    X = np.column_stack([rng.random((60, 5)), np.ones(60)])
    first = -((X[:, :5] - 0.6) ** 2).sum(axis=1) + 0.1 * np.sin(6 * X[:, 0])
    second = -((X[:, :2] - 0.4) ** 2).sum(axis=1)
    starts = {str(seed): [int(i) for i in np.argsort(first)[:30][rng.permutation(30)[:5]]] for seed in range(3)}
    failed = False
    for values, batches in ((first[:, None], (1, 4)), (np.column_stack([first, second]), (1,))):
        best, told = int(values.sum(axis=1).argmax()), {str(seed): values.tolist() for seed in range(3)}
        pool = {"X": X.tolist(), "prior": values.tolist(), "starts": starts, "measured": told}
        for method in (*PEERS, *(f"{name}{WITH_PRIOR}" for name in PEERS)):
            for batch in batches:
                runs = [replay(pool, method, batch, seed, 60)["order"] for seed in range(3)]
                took = [order.index(best) + 1 for order in runs]
                failed |= not np.mean(took) < (60 + 1) / 2
                print(f"{method}, {values.shape[1]} objective(s), batch {batch}: best after {took} (chance 30.5)")
    return int(failed)


def arguments():
    """What the command line says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pool", nargs="?", type=Path, help="POOL.json")
    parser.add_argument("--method", choices=sorted([*PEERS, *(f"{name}{WITH_PRIOR}" for name in PEERS)]))
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(10)))
    parser.add_argument("--most", type=int, help="measurements, starts included; by default as the pool says")
    parser.add_argument("-o", "--output", type=Path, help="OUT.json, added to")
    parser.add_argument("--self-test", action="store_true")
    given = parser.parse_args()
    if not given.self_test and not (given.pool and given.method and given.output):
        parser.error("give POOL.json, --method and -o OUT.json, or --self-test")
    return given


def main():
    """Run what the command line asks for and keep every run as it ends."""
    given = arguments()
    warnings.filterwarnings("ignore")
    if "OMP_NUM_THREADS" in os.environ:
        torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
    if given.self_test:
        return self_test()
    pool = json.loads(given.pool.read_text(encoding="utf-8"))
    most = given.most or pool["most"]
    for seed in given.seeds:
        key = {"pool": pool["name"], "method": given.method, "batch": given.batch, "seed": seed, "most": most}
        key["fingerprint"] = pool["fingerprints"][given.method]
        if any(key.items() <= run.items() for run in held(given.output)):
            continue
        run = {**key, **replay(pool, given.method, given.batch, seed, most)}
        run["versions"] = {part: version(part) for part in PARTS}
        keep(given.output, [*held(given.output), run])
        print(f"{key}: {len(run['order'])} measurements, {run['seconds_per_call']} s a call", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
