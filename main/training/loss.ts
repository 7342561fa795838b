import type { Ops } from './ops';
import type { Tensor } from './tensorflow-binding';

/** Keeps the ratio defined for a class that the batch does not hold; as nnU-Net. */
const SMOOTH = 1e-5;

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
 * @param logits [batch, height, width, classes]
 * @param classes class numbers, uint8 [batch * height * width]
 */
export function diceCrossEntropy(ops: Ops, logits: Tensor, classes: Tensor): LossResult {
  const count = logits.shape[3] ?? 0;
  const pixels = logits.shape.slice(0, 3).reduce((product, n) => product * n, 1);
  const z = ops.reshape(logits, [pixels, count]);
  const y = ops.oneHot(classes, count);
  const [rowLoss, difference] = ops.softmaxCrossEntropy(z, y);
  ops.free(z);
  const p = ops.add(difference, y);

  const inverse = ops.scalar(1 / pixels);
  const foreground = ops.vector(
    Array.from({ length: count }, (_, index) => (index === 0 ? 0 : 1 / (count - 1))),
  );
  const smooth = ops.scalar(SMOOTH);
  const py = ops.multiply(p, y);
  const intersection = ops.sumRows(py);
  const total = ops.add(ops.add(ops.sumRows(p), ops.sumRows(y)), smooth);
  const overlap = ops.add(ops.add(intersection, intersection), smooth);
  const dice = ops.divide(overlap, total);

  const weight = ops.divide(foreground, total);
  const slope = ops.multiply(ops.scalar(-2), weight);
  const level = ops.multiply(dice, weight);
  const yTerm = ops.multiply(py, slope);
  const pTerm = ops.multiply(p, level);
  const weighted = ops.add(yTerm, pTerm);
  ops.free(py, yTerm, pTerm, y);
  // A product with ones sums each row and spreads the sum over it: much faster than a reduction over so few classes.
  const rowSum = ops.matrixProduct(weighted, ops.ones(count, count));
  const spread = ops.multiply(p, rowSum);
  const fromDice = ops.subtract(weighted, spread);
  const fromEntropy = ops.multiply(difference, inverse);
  ops.free(rowSum, spread, weighted, p, difference);
  const gradient = ops.add(fromDice, fromEntropy);
  ops.free(fromDice, fromEntropy);

  const entropy = ops.multiply(ops.sumVector(rowLoss), inverse);
  const overlapMean = ops.sumVector(ops.multiply(dice, foreground));
  const loss = ops.add(entropy, ops.subtract(ops.scalar(1), overlapMean));
  ops.free(rowLoss);
  return { loss, gradient: ops.reshape(gradient, logits.shape) };
}
