// The recipe of `vision-mini`'s pretraining: everything that determines the result. The card prints it.
const schedule = { start: 0.2, div: 25, divFinal: 1e3, moms: [0.9, 0.9, 0.9] };
export const recipe = {
  seed: 20260101,
  network: { widths: [32, 64, 128, 256], blocks: [1, 2, 2, 1] },
  batch: 128,
  optimizer: { name: "sgd", nesterov: true, weightDecay: 5e-3 },
  stages: [
    {
      name: "labels",
      /** Random windows of 48² first (half the cost), then the whole 64² with shifts. */
      pictures: "windows",
      phases: [
        { size: 48, epochs: 12 },
        { size: 64, epochs: 4 },
      ],
      schedule,
      rate: 0.15,
      smoothing: 0.1,
      /** What a rerun would do differently. */
      history:
        "It was stopped and resumed several times; up to step 2430 its one-cycle schedule spanned 18 epochs (12 and 6) instead of 16.",
    },
    {
      name: "distillation",
      /** Random crops of 45 to 100 % of the area, brightness, contrast and saturation changed by up to 30 %. */
      pictures: "crops",
      phases: [
        { size: 48, epochs: 15 },
        { size: 64, epochs: 5 },
      ],
      schedule,
      rate: 0.12,
      smoothing: 0,
      teacher: { alpha: 0.7, temperature: 2, folds: 5, epochs: 6, rate: 1e-3, decay: 0.3 },
    },
  ],
};
/** Statistics of the training pictures, 0..1 (the data's own SOURCE.md gives them). */
export const mean = [0.48, 0.448, 0.396];
export const std = [0.276, 0.269, 0.282];
