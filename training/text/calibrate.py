"""Fit what "no confident match" means for an encoder, and measure it on topics that the fit has not seen.

``python -m training.text.calibrate [--model NAME_OR_PATH] [--json] [--write]``: ``--write`` puts the result beside a
bundled SavedModel. No network; some seconds with a bundled model.
"""

import argparse
import json
from dataclasses import asdict, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.catalog import DEFAULT_TEXT_MODEL
from models.text.calibration import CONFIDENT, POSSIBLE, Calibration, confidences, save_calibration
from models.text.calibrator import model_folder
from models.text.encoder import load_text_encoder
from models.text.sentence_encoder import SentenceEncoder
from training.text.calibration_cases import NONSENSE, OFF_TOPIC, QUESTION, TITLE, Cases, embed, run_cases

FOLDS = 9
RIDGE = 1e-3
# How much each outcome counts in the fit, within each kind of corpus.
OUTCOME_WEIGHT = {"right": 1.0, "wrong": 0.3, "absent": 0.5, OFF_TOPIC: 0.4, NONSENSE: 0.7}
# What may pass as a match by mistake, mean over the kinds of corpora. A topic that is absent often has a neighbour that
# is not ("lost passport" beside "hand luggage"): to refuse them all would be to refuse half of the right answers too.
MOST_FALSE = {"absent": 0.15, OFF_TOPIC: 0.12, NONSENSE: 0.10}


def case_weights(cases: Cases) -> NDArray[np.float64]:
    """Weights [N], mean 1, under which every kind of corpus counts the same."""
    weights = np.zeros(len(cases.shape))
    for shape in np.unique(cases.shape):
        for outcome, weight in OUTCOME_WEIGHT.items():
            here = (cases.shape == shape) & (cases.outcome == outcome)
            weights[here] = weight / max(1, here.sum())
    return weights * len(weights) / weights.sum()


def fit_logistic(
    terms: NDArray[np.float64], target: NDArray[np.bool_], weights: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Intercept and weights [1 + F] of a logistic model by Newton's method, with a little ridge for stability."""
    centre, scale = terms.mean(axis=0), terms.std(axis=0) + 1e-9
    design = np.column_stack([np.ones(len(terms)), (terms - centre) / scale])
    penalty = RIDGE * weights.sum() * np.diag([0.0] + [1.0] * terms.shape[1])
    solution = np.zeros(design.shape[1])
    for _ in range(50):
        probability = 1 / (1 + np.exp(-design @ solution))
        curvature = weights * probability * (1 - probability) + 1e-9
        gradient = design.T @ (weights * (probability - target)) + penalty @ solution
        step = np.linalg.solve(design.T @ (design * curvature[:, None]) + penalty, gradient)
        solution -= step
        if np.abs(step).max() < 1e-9:
            break
    slopes = solution[1:] / scale
    return np.concatenate([[solution[0] - slopes @ centre], slopes])


def fit(cases: Cases, rows: NDArray[np.bool_] | None = None) -> Calibration:
    """Fit the weights on some of the cases; where a match begins stays open."""
    chosen = np.ones(len(cases.shape), dtype=bool) if rows is None else rows
    found = fit_logistic(cases.terms[chosen], (cases.outcome == "right")[chosen], case_weights(cases)[chosen])
    return Calibration(*(round(float(value), 4) for value in found))


def held_out(cases: Cases, seed: int = 1) -> NDArray[np.float64]:
    """Confidence [N] of each case from a fit without any query of its topic."""
    rng = np.random.default_rng(seed)
    names = np.unique(cases.topic)
    fold_of = dict(zip(names, rng.permutation(len(names)) % FOLDS, strict=True))
    folds = np.array([fold_of[topic] for topic in cases.topic])
    loose = np.isin(cases.topic, [OFF_TOPIC, NONSENSE])
    folds[loose] = rng.integers(0, FOLDS, loose.sum())
    result = np.zeros(len(folds))
    for fold in range(FOLDS):
        here = folds == fold
        result[here] = confidences(cases.terms[here], fit(cases, ~here))
    return result


def share_confident(cases: Cases, confidence: NDArray[np.float64], outcome: str, threshold: float) -> dict[str, float]:
    """Share of the cases with this outcome that are confident, for each kind of corpus that has any."""
    return {
        str(shape): float(np.mean(confidence[here] >= threshold))
        for shape in dict.fromkeys(cases.shape)
        if (here := (cases.shape == shape) & (cases.outcome == outcome)).any()
    }


def choose_threshold(cases: Cases, confidence: NDArray[np.float64]) -> float:
    """Smallest threshold, in hundredths, that keeps all of MOST_FALSE."""
    for threshold in np.arange(0.05, 1, 0.01):
        false = {
            outcome: np.mean(list(share_confident(cases, confidence, outcome, threshold).values()))
            for outcome in MOST_FALSE
        }
        if all(false[outcome] <= most for outcome, most in MOST_FALSE.items()):
            return round(float(threshold), 2)
    return 0.99


def calibrate(encoder: SentenceEncoder) -> tuple[Calibration, dict[str, Any]]:
    """Fit and measure; returns the calibration and the report that ``main`` prints."""
    cases = run_cases(embed(encoder))
    confidence = held_out(cases)
    threshold = choose_threshold(cases, confidence)
    calibration = fit(cases)
    # move the log-odds of the threshold to those of CONFIDENT
    shift = log_odds(CONFIDENT) - log_odds(threshold)
    calibration = replace(calibration, intercept=round(calibration.intercept + shift, 4))
    confident = confidence >= threshold
    means = mean_shares(cases, confidence, threshold)
    report = {
        "model": encoder.name,
        "cases": len(confidence),
        "calibration": asdict(calibration),
        "recall": means["right"],
        "false_confident": {outcome: means[outcome] for outcome in MOST_FALSE},
        "possible": mean_shares(cases, confidence, 1 / (1 + np.exp(shift - log_odds(POSSIBLE)))),
        "corpora": {str(name): summary(cases, confident, cases.shape == name) for name in dict.fromkeys(cases.shape)},
        "queries": {name: summary(cases, confident, cases.kind == name) for name in (QUESTION, TITLE)},
    }
    return calibration, report


def mean_shares(cases: Cases, confidence: NDArray[np.float64], threshold: float) -> dict[str, float]:
    """``share_confident`` of each outcome, mean over the kinds of corpora."""
    return {
        outcome: round(float(np.mean(list(share_confident(cases, confidence, outcome, threshold).values()))), 3)
        for outcome in OUTCOME_WEIGHT
    }


def log_odds(probability: float) -> float:
    """Of a probability in (0, 1)."""
    return float(np.log(probability / (1 - probability)))


def summary(cases: Cases, confident: NDArray[np.bool_], here: NDArray[np.bool_]) -> dict[str, float]:
    """Share of the answers that came first, and share of confident cases by outcome, among the cases ``here``."""
    right, wrong = here & (cases.outcome == "right"), here & (cases.outcome == "wrong")
    return {"found": round(float(right.sum() / (right.sum() + wrong.sum())), 3)} | {
        outcome: round(float(np.mean(confident[group])), 3)
        for outcome in OUTCOME_WEIGHT
        if (group := here & (cases.outcome == outcome)).any()
    }


def main() -> None:
    """Command line; see the module's first lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", default=DEFAULT_TEXT_MODEL)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--write", action="store_true", help="save beside the SavedModel")
    arguments = parser.parse_args()
    encoder = load_text_encoder(arguments.model)
    calibration, report = calibrate(encoder)
    folder = model_folder(encoder)
    if arguments.write and folder is not None:
        report["written"] = str(save_calibration(calibration, folder))
    if arguments.json:
        print(json.dumps(report, indent=2))
        return
    print(f"{report['model']}: {report['cases']:,} searches, topics held out; {calibration}")
    print("found: the answer comes first; then the share that is called a match, by outcome")
    print(f"{'':14} {'found':>6} " + " ".join(f"{name:>10}" for name in OUTCOME_WEIGHT))
    for name, numbers in (report["corpora"] | report["queries"]).items():
        cells = [numbers.get(outcome) for outcome in OUTCOME_WEIGHT]
        row = " ".join(f"{'' if cell is None else f'{cell:.1%}':>10}" for cell in cells)
        print(f"{name:14} {numbers['found']:6.1%} {row}")
    print(f"mean: {report['recall']:.1%} of right answers; false: {report['false_confident']}")
    print(f"shown as possible matches at least: {report['possible']}")


if __name__ == "__main__":
    main()
