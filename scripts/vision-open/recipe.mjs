// The recipe of `vision-open`: everything that determines the result. The card prints it.
export const recipe = {
  seed: 20261123,
  /** Pixels of the teacher's and the student's input. A multiple of 32: the stride-2 convolutions pad one side. */
  size: 128,
  /** Residual blocks of the teacher that the student does not have. Each has a shortcut around it. */
  dropped: [5, 9, 12, 15],
  batch: 64,
  steps: 450,
  optimizer: { name: "adamW", weightDecay: 0.01 },
  rate: 2e-3,
  schedule: { start: 0.05, div: 20, divFinal: 1e3, moms: [0.9, 0.9, 0.9] },
  clipNorm: 1,
  /** Loss: smooth L1 of the pooled features, and this times smooth L1 of the last block's map; both standardised. */
  mapWeight: 1,
  /** Pictures from which mean and deviation of the targets are measured. */
  standardised: 512,
  crops: { area: [0.03, 1], ratio: 4 / 3, cutOuts: 0.5, mixup: 0.3, colour: 0.3 },
};
/** Pixels are fed from -1 to 1, as the teacher takes them. */
export const mean = [0.5, 0.5, 0.5];
export const std = [0.5, 0.5, 0.5];
