// The names alone: help and the checks of options load no optimiser.

export const optimizerNames = ["sgd", "adam", "adamw", "rmsprop", "lion"] as const;
export type OptimizerName = (typeof optimizerNames)[number];

export const scheduleNames = [
  "constant",
  "cosine",
  "cosine-restarts",
  "linear",
  "one-cycle",
  "polynomial",
  "slanted-triangular",
  "step",
  "warmup-stable-decay",
] as const;
export type ScheduleName = (typeof scheduleNames)[number];
