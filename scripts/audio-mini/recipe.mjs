// The recipe of `audio-mini`'s pretraining: everything that determines the result. The card prints it.
export const recipe = {
  seed: 20260201,
  widths: [24, 48, 96, 128, 160],
  /** Frames of a training clip, of 98 in a second. */
  frames: 84,
  batch: 64,
  epochs: 80,
  rate: 2e-3,
  weightDecay: 0.01,
  smoothing: 0.1,
  schedule: { start: 0.15, div: 25, divFinal: 1e3, moms: [0.9, 0.9, 0.9] },
  /** Share of the speakers that are held back. */
  held: 0.1,
  /** Clips of each kind of sound that the project makes. */
  made: 60,
};
export const rate = 16_000;
