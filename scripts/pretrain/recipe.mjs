// How `vision-mini` is pretrained: everything that decides the result, in one place. The card prints it.
export const recipe = {
  seed: 20260101,
  network: { widths: [32, 64, 128, 256], blocks: [1, 2, 2, 1] },
  batch: 128,
  /** Random windows of 48² first (half the cost), the whole 64² with shifts afterwards. */
  phases: [
    { size: 48, epochs: 12 },
    { size: 64, epochs: 4 },
  ],
  optimizer: { name: "sgd", nesterov: true, weightDecay: 5e-3 },
  schedule: { start: 0.2, div: 25, divFinal: 1e3, moms: [0.9, 0.9, 0.9] },
  rate: 0.15,
  smoothing: 0.1,
  /** What a rerun would do differently. */
  history:
    "The run was stopped and resumed several times; up to step 2430 the one-cycle schedule spanned 18 epochs (12 and 6) instead of 16.",
};
/** Statistics of the training pictures, 0..1 (the data's own SOURCE.md gives them). */
export const mean = [0.48, 0.448, 0.396];
export const std = [0.276, 0.269, 0.282];
