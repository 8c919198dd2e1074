"""The training loss: translations meet, distances follow the teacher, graded pairs keep their order."""

from dataclasses import dataclass
from typing import Any

from keras import ops


@dataclass(frozen=True)
class Weights:
    """How much each part of the loss counts; 0 leaves it out.

    Attributes:
        temperature: of the in-batch softmax.
        contrast: translation against the rest of the batch, both directions.
        distill: one minus cosine to the teacher's vector of the English side.
        relate: squared difference between the teacher's and our similarities inside the batch.
        related_rows: how many rows of the batch ``relate`` compares.
        near: as ``relate``, between the sentences of each neighbourhood at the front of the batch.
        rank: order of the graded STS pairs (CoSENT).
        duplicate: similarity to the teacher from which two sentences are not contrasted; above 1 for never.
    """

    temperature: float = 0.05
    contrast: float = 1.0
    distill: float = 3.0
    relate: float = 0.0
    related_rows: int = 2048
    near: float = 0.0
    rank: float = 0.0
    duplicate: float = 2.0


def contrast(left: Any, right: Any, same: Any, temperature: float) -> Any:
    """Cross-entropy of finding row i of ``right`` for row i of ``left`` and back.

    ``same`` [batch, batch] is True where two rows are translations of one text although they are different rows.
    """
    logits = (
        ops.cast(ops.matmul(ops.cast(left, "bfloat16"), ops.transpose(ops.cast(right, "bfloat16"))), "float32")
        / temperature
    )
    count = ops.shape(left)[0]
    own = ops.equal(ops.arange(count)[:, None], ops.arange(count)[None, :])
    logits = ops.where(ops.logical_and(same, ops.logical_not(own)), -1e4, logits)
    target = ops.sum(left * right, axis=-1) / temperature
    forth = ops.logsumexp(logits, axis=1) - target
    back = ops.logsumexp(logits, axis=0) - target
    return ops.mean(forth + back) / 2


def relate(left: Any, right: Any, teacher: Any, known: Any) -> Any:
    """Weighted mean squared difference of similarities; close pairs of the teacher count more.

    Args:
        left, right: our unit vectors [rows, dimension]; teacher: unit vectors [rows, teacher width].
        known: float [rows], 0 where the teacher has not seen the text.
    """
    goal = ops.matmul(teacher, ops.transpose(teacher))
    pairs = known[:, None] * known[None, :] * (0.1 + ops.maximum(goal, 0.0))
    total = 0.0
    for first, second in ((left, right), (left, left), (right, right)):
        difference = ops.matmul(first, ops.transpose(second)) - goal
        total = total + ops.sum(pairs * difference * difference)
    return total / (3.0 * ops.maximum(ops.sum(pairs), 1.0))


def relate_near(left: Any, right: Any, teacher: Any, size: int) -> Any:
    """Mean squared difference of similarities inside neighbourhoods of ``size`` rows that follow one another.

    Args:
        left, right: our unit vectors [rows, dimension]; teacher: unit vectors [rows, teacher width].
        size: rows of one neighbourhood, a divisor of ``rows``.
    """

    def similarities(first: Any, second: Any) -> Any:
        first, second = (ops.reshape(each, (-1, size, each.shape[-1])) for each in (first, second))
        return ops.matmul(first, ops.transpose(second, (0, 2, 1)))

    goal = similarities(teacher, teacher)
    total = 0.0
    for first, second in ((left, right), (left, left), (right, right)):
        total = total + ops.mean(ops.square(similarities(first, second) - goal))
    return total / 3.0


def rank(left: Any, right: Any, score: Any, sharpness: float = 20.0) -> Any:
    """CoSENT (Su, 2022): log(1 + sum of exp(s (cos_j - cos_i)) over pairs where i is graded above j)."""
    cosine = ops.sum(left * right, axis=-1) * sharpness
    difference = cosine[None, :] - cosine[:, None]
    above = score[:, None] > score[None, :]
    difference = ops.where(above, difference, -1e4)
    flat = ops.reshape(difference, (-1,))
    return ops.logaddexp(ops.logsumexp(flat), 0.0)


def loss(
    outputs: tuple[Any, Any],
    batch: dict[str, Any],
    pairs: int,
    graded: int,
    weights: Weights,
    near: int = 0,
    near_size: int = 1,
) -> Any:
    """Total loss of one batch.

    Args:
        outputs: vectors and projections of ``2 * pairs + 2 * graded`` texts: left sides, right sides, graded left and
            right sides.
        batch: ``teacher`` [pairs, width], ``known`` float [pairs], ``group`` int [pairs], ``score`` [graded].
        pairs, graded: translation pairs and graded pairs.
        weights: of the parts.
        near, near_size: so many pairs at the front come from neighbourhoods of that size.
    """
    vectors, projected = outputs
    left, right = vectors[:pairs], vectors[pairs : 2 * pairs]
    group = batch["group"]
    teacher, known = ops.cast(batch["teacher"], "float32"), batch["known"]
    same = ops.equal(group[:, None], group[None, :])
    if weights.duplicate <= 1.0:
        seen = ops.cast(teacher * known[:, None], "bfloat16")
        same = ops.logical_or(same, ops.matmul(seen, ops.transpose(seen)) > weights.duplicate)
    total = weights.contrast * contrast(left, right, same, weights.temperature)
    if weights.distill:
        for side in (projected[:pairs], projected[pairs : 2 * pairs]):
            gap = (1.0 - ops.sum(side * teacher, axis=-1)) * known
            total = total + weights.distill * 0.5 * ops.sum(gap) / ops.maximum(ops.sum(known), 1.0)
    if weights.relate:
        rows = min(weights.related_rows, pairs)
        total = total + weights.relate * relate(left[:rows], right[:rows], teacher[:rows], known[:rows])
    if weights.near and near:
        total = total + weights.near * relate_near(left[:near], right[:near], teacher[:near], near_size)
    if weights.rank and graded:
        total = total + weights.rank * rank(
            vectors[2 * pairs : 2 * pairs + graded], vectors[2 * pairs + graded :], batch["score"]
        )
    return total
