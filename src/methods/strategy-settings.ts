import { growing, real, text, whole, yes } from "./settings.js";

// Options of the strategies. In a file of its own, so that help and checks load no strategy.

/** ULMFiT's ratio of the rates of neighbouring groups. */
export const ulmfitFactor = 2.6;

export const finetuneSettings = {
  /** 0 if not requested. */
  early: real(
    "how much slower the first half of the base trains than the head",
    0,
    1,
    10_000,
    "100; texts 20; boxes and masks 1",
  ),
} as const;

export const lastNSettings = {
  last: whole("number of layers to train, counted from the end of the base", 3, 1, 1000),
} as const;

export const gradualSettings = {
  groups: whole("number of layer groups", 4, 1, 200),
  every: whole("epochs between two unfreezings", 1, 1, 1000),
  milestones: growing("epochs after which the next group is unfrozen; replaces groups and every", "none"),
  factor: real("ratio of the learning rates of two neighbouring groups", ulmfitFactor, 1, 100),
} as const;

export const discriminativeSettings = {
  groups: whole("number of layer groups", 4, 1, 200),
  factor: real("ratio of the learning rates of two neighbouring groups", ulmfitFactor, 1, 100),
} as const;

export const bssSettings = {
  eta: real("strength of the penalty", 0.001, 0, 1000),
  k: whole("number of singular values, the smallest", 1, 1, 16),
} as const;

export const coTuningSettings = {
  lambda: real("weight of the loss of the old classifier", 2.3, 0, 1000),
} as const;

export const deltaSettings = {
  alpha: real("strength of the penalty", 0.01, 0, 1000),
  beta: real("weight decay of the head", 0.01, 0, 1000),
} as const;

export const l2spSettings = {
  alpha: real("strength of the penalty on the base", 0.01, 0, 1000),
  beta: real("weight decay of the head", 0.01, 0, 1000),
} as const;

export const setfitSettings = {
  iterations: whole("positive pairs, and as many negative pairs, for each sample and epoch", 20, 1, 1000),
} as const;

export const lwfSettings = {
  lambda: real("weight of the old predictions", 4, 0, 1000),
  temperature: real("temperature of the comparison", 3, 0.1, 100),
} as const;

/** Default targets of adapters. */
export const auto = "auto";
const names = "names of weights or layers, * for any text, commas between, or auto, or all";

export const loraSettings = {
  r: whole("rank of the update", 8, 1, 4096),
  alpha: real("the update is scaled by alpha / r", 8, 0.001, 10_000),
  rslora: yes("scale by alpha / √r instead, for ranks from 32 on"),
  dropout: real("dropout of the adapter inputs", 0, 0, 0.9),
  targets: text(
    "weights to adapt; auto: attention projections, or every matrix product and convolution",
    auto,
    names,
  ),
} as const;

export const ia3Settings = {
  targets: text(
    "weights whose outputs are scaled; auto: keys and values, or every convolution and matrix product",
    auto,
    names,
  ),
  inputs: text(
    "weights whose inputs are scaled; auto: the second of each feed-forward layer",
    auto,
    `${names}, or none`,
  ),
} as const;

export const adapterSettings = {
  bottleneck: whole("width of the bottleneck", 64, 1, 65_536),
  targets: text("weights followed by an adapter; auto: the ends of residual branches", auto, names),
} as const;
