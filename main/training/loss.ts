import { softmax } from './ops/activation';
import type { Arena } from './ops/arena';
import {
  add,
  divide,
  logarithm,
  matrixProduct,
  maximum,
  multiply,
  oneHot,
  subtract,
  sumFirst,
} from './ops/arithmetic';
import { reshape } from './ops/arrangement';
import type { Tensor } from './tensorflow-binding';

/** Keeps the ratio defined for a class that the batch does not hold; as nnU-Net. */
const SMOOTH = 1e-5;
/** Smaller probabilities count as this one, so that the loss of a hopeless pixel is large and not infinite. */
const SMALLEST = 1e-30;

export interface LossResult {
  /** Scalar: cross-entropy + (1 - mean soft Dice of the foreground classes). */
  readonly loss: Tensor;
  /** Gradient of the loss by the logits, same shape as they. */
  readonly gradient: Tensor;
}

/**
 * Cross-entropy plus soft Dice (Milletari et al. 2016; the sum as in nnU-Net, Isensee et al. 2021), Dice over the whole
 * batch and without background, with its gradient written out.
 *
 * With p = softmax(z), one-hot y, K foreground classes, I = sum p y, D = sum p + sum y for each class:
 * dL/dp = (-2 y / (D + s) + (2 I + s) / (D + s)^2) / K, and dL/dz = p (dL/dp - sum over classes of p dL/dp) + (p - y) / M.
 *
 * @param logits float32 [batch, height, width, classes]
 * @param classes class numbers, uint8 [batch * height * width]
 */
export function diceCrossEntropy(arena: Arena, logits: Tensor, classes: Tensor): LossResult {
  const count = logits.shape[3] ?? 0;
  const pixels = logits.shape.slice(0, 3).reduce((product, n) => product * n, 1);
  const z = reshape(arena, logits, [pixels, count]);
  const y = oneHot(arena, classes, count);
  const p = softmax(arena, z);
  arena.free(z);

  const inverse = arena.scalar(1 / pixels);
  const foreground = arena.vector(
    Array.from({ length: count }, (_, index) => (index === 0 ? 0 : 1 / (count - 1))),
  );
  const smooth = arena.scalar(SMOOTH);
  const py = multiply(arena, p, y);
  const intersection = sumFirst(arena, py);
  const total = add(arena, add(arena, sumFirst(arena, p), sumFirst(arena, y)), smooth);
  const overlap = add(arena, add(arena, intersection, intersection), smooth);
  const dice = divide(arena, overlap, total);

  const weight = divide(arena, foreground, total);
  const slope = multiply(arena, arena.scalar(-2), weight);
  const level = multiply(arena, dice, weight);
  const yTerm = multiply(arena, py, slope);
  const pTerm = multiply(arena, p, level);
  const weighted = add(arena, yTerm, pTerm);
  arena.free(yTerm, pTerm);
  const difference = subtract(arena, p, y);
  arena.free(y);
  // A product with ones sums each row and spreads the sum over it: much faster than a reduction over so few classes.
  const rowSum = matrixProduct(arena, weighted, arena.ones(count, count));
  const spread = multiply(arena, p, rowSum);
  const fromDice = subtract(arena, weighted, spread);
  arena.free(rowSum, spread, weighted, p);
  const fromEntropy = multiply(arena, difference, inverse);
  arena.free(difference);
  const gradient = add(arena, fromDice, fromEntropy);
  arena.free(fromDice, fromEntropy);

  const truth = reshape(arena, matrixProduct(arena, py, arena.ones(count, 1)), [pixels]);
  arena.free(py);
  const logTruth = logarithm(arena, maximum(arena, truth, arena.scalar(SMALLEST)));
  const entropy = multiply(arena, sumFirst(arena, logTruth), inverse);
  arena.free(truth, logTruth);
  const overlapMean = sumFirst(arena, multiply(arena, dice, foreground));
  const loss = subtract(arena, subtract(arena, arena.scalar(1), overlapMean), entropy);
  return { loss, gradient: reshape(arena, gradient, logits.shape) };
}
