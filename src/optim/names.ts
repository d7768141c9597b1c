// Only the names: help and the checks of options do not load the optimisers.

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
