import { growing, real, whole } from "./settings.js";

// What each strategy can be told: apart from the strategies, so that help and checks load none of them.

/** ULMFiT's factor between the rates of neighbouring groups. */
export const ulmfitFactor = 2.6;

export const lastNSettings = {
  last: whole("layers of the base, counted from its end, that move beside the head", 3, 1, 1000),
} as const;

export const gradualSettings = {
  groups: whole("runs of layers that are unfrozen one after the other", 4, 1, 200),
  every: whole("epochs between two unfreezings", 1, 1, 1000),
  milestones: growing("epochs after which the next group is unfrozen, instead of groups and every", "none"),
  factor: real("by which the rate falls from a group to the one before it", ulmfitFactor, 1, 100),
} as const;

export const discriminativeSettings = {
  groups: whole("runs of layers with a rate each", 4, 1, 200),
  factor: real("by which the rate falls from a group to the one before it", ulmfitFactor, 1, 100),
} as const;

export const bssSettings = {
  eta: real("weight of the shrinkage", 0.001, 0, 1000),
  k: whole("smallest singular values that are shrunk", 1, 1, 16),
} as const;

export const coTuningSettings = {
  lambda: real("weight of the old classes' loss", 2.3, 0, 1000),
} as const;

export const deltaSettings = {
  alpha: real("pull of the feature maps towards the base's", 0.01, 0, 1000),
  beta: real("pull of the head's weights towards 0", 0.01, 0, 1000),
} as const;

export const l2spSettings = {
  alpha: real("pull of the base's weights towards where they started", 0.01, 0, 1000),
  beta: real("pull of the head's weights towards 0", 0.01, 0, 1000),
} as const;

export const lwfSettings = {
  lambda: real("weight of the old answers", 4, 0, 1000),
  temperature: real("at which old answers are compared", 3, 0.1, 100),
} as const;
