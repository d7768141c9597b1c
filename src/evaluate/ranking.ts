/**
 * Area under the ROC curve: how often a positive item scores above a negative one, ties counted half.
 *
 * AUROC = (Σ ranks of the positives − P (P + 1) / 2) / (P · N), ranks of equal scores averaged: what scikit-learn's
 * `roc_auc_score` integrates by trapezoids. 0.5 is chance, 1 best.
 *
 * @param scores one an item, higher for positive
 * @param positive 1 where the item is one
 * @returns undefined where there is no positive or no negative item (scikit-learn refuses there)
 * @example auroc([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]) // 0.75
 */
export function auroc(scores: ArrayLike<number>, positive: ArrayLike<number>): number | undefined {
  const order = ascending(scores);
  const n = order.length;
  let positives = 0;
  let ranks = 0;
  for (let i = 0; i < n; ) {
    const end = endOfTies(scores, order, i);
    // Ranks i + 1 … end share their mean.
    for (let j = i; j < end; j++)
      if (positive[order[j]!]! > 0) {
        positives++;
        ranks += (i + 1 + end) / 2;
      }
    i = end;
  }
  if (positives === 0 || positives === n) return undefined;
  return (ranks - (positives * (positives + 1)) / 2) / (positives * (n - positives));
}

/**
 * Average precision: the area under the precision-recall curve as steps, without interpolation.
 *
 * AP = Σ_t (R_t − R_{t−1}) P_t over the distinct scores t in falling order: scikit-learn's `average_precision_score`.
 * The share of positives is chance, 1 best.
 *
 * @returns undefined without a positive item (scikit-learn says 0 and warns)
 * @example averagePrecision([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]) // 0.8333…
 */
export function averagePrecision(scores: ArrayLike<number>, positive: ArrayLike<number>): number | undefined {
  const order = ascending(scores).reverse();
  let hits = 0;
  let sum = 0;
  for (let i = 0; i < order.length; ) {
    const end = endOfTies(scores, order, i);
    const before = hits;
    for (let j = i; j < end; j++) if (positive[order[j]!]! > 0) hits++;
    sum += (hits - before) * (hits / end);
    i = end;
  }
  return hits === 0 ? undefined : sum / hits;
}

function ascending(scores: ArrayLike<number>): Int32Array {
  return Int32Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
}

/** Index after the last item with the score of the one at `from`. */
function endOfTies(scores: ArrayLike<number>, order: Int32Array, from: number): number {
  let end = from + 1;
  while (end < order.length && scores[order[end]!] === scores[order[from]!]) end++;
  return end;
}
