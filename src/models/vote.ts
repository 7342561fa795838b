/** What several models make of one volume together. */
export interface Vote {
  /** The label that most of them give to each voxel; of equals the one that an earlier model gives. */
  readonly labels: Uint8Array<ArrayBuffer>;
  /** Share of the models that give another label to the voxel: 0 where all agree. */
  readonly disagreement: Float32Array<ArrayBuffer>;
}

/**
 * Majority vote of models that were trained on different folds, voxel by voxel, and where they disagree: a deep ensemble's
 * uncertainty (Lakshminarayanan et al. 2017), taken from labels instead of probabilities.
 *
 * @param predictions one label number per voxel for each model, all of one length
 * @throws RangeError without predictions or when their lengths differ
 */
export function voteOf(predictions: readonly Uint8Array[]): Vote {
  const [first, ...others] = predictions;
  if (first === undefined || others.some(({ length }) => length !== first.length))
    throw new RangeError('a vote needs predictions of one length');
  const labels = first.slice();
  const disagreement = new Float32Array(first.length);
  const votes = new Uint8Array(256);
  for (let voxel = 0; voxel < labels.length; voxel++) {
    const label = labels[voxel] ?? 0;
    if (others.every((prediction) => prediction[voxel] === label)) continue;
    for (const prediction of predictions) {
      const given = prediction[voxel] ?? 0;
      votes[given] = (votes[given] ?? 0) + 1;
    }
    let best = label;
    for (const prediction of others) {
      const candidate = prediction[voxel] ?? 0;
      if ((votes[candidate] ?? 0) > (votes[best] ?? 0)) best = candidate;
    }
    labels[voxel] = best;
    disagreement[voxel] = 1 - (votes[best] ?? 0) / predictions.length;
    votes.fill(0);
  }
  return { labels, disagreement };
}
