import { growing, real, text, whole, yes } from "./settings.js";

// Options of the strategies. In a file of its own, so that help and checks load no strategy.

/** ULMFiT's ratio of the rates of neighbouring groups. */
const ulmfitFactor = 2.6;

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

export const setfitSettings = {
  iterations: whole("pairs of one class, and as many of two, for each item and epoch", 20, 1, 1000),
} as const;

export const lwfSettings = {
  lambda: real("weight of the old answers", 4, 0, 1000),
  temperature: real("at which old answers are compared", 3, 0.1, 100),
} as const;

/** Default targets of adapters. */
export const auto = "auto";
const names = "names of weights or layers, * for any text, commas between, or auto, or all";

export const loraSettings = {
  r: whole("rank of the change of each weight", 8, 1, 4096),
  alpha: real("the change counts alpha / r times", 8, 0.001, 10_000),
  rslora: yes("the change counts alpha / √r times instead: better from rank 32 on"),
  dropout: real("share of each adapter's inputs that is left out in a step", 0, 0, 0.9),
  targets: text(
    "weights that get one: projections of attention, or every product and convolution",
    auto,
    names,
  ),
} as const;

export const ia3Settings = {
  targets: text(
    "weights whose outputs are scaled: keys and values, or every convolution and product",
    auto,
    names,
  ),
  inputs: text(
    "weights whose inputs are scaled: the second of each feed-forward layer",
    auto,
    `${names}, or none`,
  ),
} as const;

export const adapterSettings = {
  bottleneck: whole("width between the two products of an adapter", 64, 1, 65_536),
  targets: text("weights behind which one is put: the ends of residual branches", auto, names),
} as const;
