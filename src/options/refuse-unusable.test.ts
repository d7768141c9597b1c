import { expect, test } from "vitest";
import type { TrainOptions } from "./options.js";
import { optionsOfSolved, refuseUnusable } from "./refuse-unusable.js";

const pictures = "image-classification";

/** Values that change training steps only. */
const ofSteps: readonly TrainOptions[] = [
  { epochs: 3 },
  { batchSize: 8 },
  { lr: 0.01 },
  { lr: "find" },
  { optimizer: "sgd" },
  { schedule: "cosine" },
  { trainable: "layer4*" },
  { recompute: "all" },
  { checkpointSeconds: 5 },
  { accumulate: 2 },
  { sam: 0.05 },
  { average: "swa" },
  { sampling: "balanced" },
  { batchNorm: "train" },
  { augment: "strong" },
];

test.each(ofSteps)("a probe refuses %o, and a training from scratch beside it takes it", (option) => {
  const [name] = Object.keys(option);
  const probe: TrainOptions = { strategy: "probe", ...option };
  expect(() => refuseUnusable(probe, pictures)).toThrow(
    new RegExp(`^${name}( [^ ]+)? means nothing for the strategy "probe"$`),
  );
  expect(optionsOfSolved("probe", probe)).toEqual({ strategy: "probe" });
  for (const beside of [{ baselines: true }, { safe: true }]) {
    expect(() => refuseUnusable({ ...probe, ...beside }, pictures)).not.toThrow();
    expect(optionsOfSolved("probe", { ...probe, ...beside })).toEqual({ ...probe, ...beside });
  }
  expect(() => refuseUnusable({ strategy: "finetune", ...option }, pictures)).not.toThrow();
});

test("a probe takes what changes features, data and scores", () => {
  const options: TrainOptions = {
    strategy: "probe",
    ...{ seed: 1, base: "resnet18.onnx", imageSize: 64, batchNorm: "adapt", augment: "none" },
    ...{ trainSize: 12, tta: 3, calibrate: "temperature", weights: "fp16", budget: 60 },
  };
  expect(() => refuseUnusable(options, pictures)).not.toThrow();
  expect(optionsOfSolved("probe", options)).toEqual(options);
});

test.each(["linear", "trees"] as const)(
  "%s is for tables, and other tasks refuse it with one sentence",
  (strategy) => {
    expect(() => refuseUnusable({ strategy }, "tabular-regression")).not.toThrow();
    for (const task of ["text-classification", "token-classification", "image-regression"] as const)
      expect(() => refuseUnusable({ strategy }, task)).toThrow(
        new RegExp(`^strategy "${strategy}" is for tables, and this is ${task}$`),
      );
  },
);

test("a model without a base refuses training steps also with baselines, because no network trains beside it", () => {
  for (const option of [{ epochs: 3 }, { epochs: 3, baselines: true }] as const) {
    expect(() => refuseUnusable({ strategy: "trees", ...option }, "tabular-classification")).toThrow(
      expect.objectContaining({ details: { option: "epochs", strategy: "trees" } }),
    );
    expect(optionsOfSolved("trees", { ...option })).not.toHaveProperty("epochs");
  }
  expect(() => refuseUnusable({ strategy: "trees", initFrom: "m" }, "tabular-classification")).toThrow(
    expect.objectContaining({ details: { option: "initFrom", strategy: "trees" } }),
  );
});

const text = "text-classification";
test.each<[TrainOptions, Parameters<typeof refuseUnusable>[1], string]>([
  [{ augment: "strong" }, text, 'the option augment "strong" is for pictures'],
  [{ augment: "typo" }, "image-classification", 'the option augment "typo" is for texts'],
  [
    { augment: "typo" },
    "token-classification",
    'the option augment "typo" is for pictures and sounds, and texts with classes or labels',
  ],
  [{ ignore: "a" }, text, "the option ignore is for tables"],
  [{ inputs: "text,price" }, text, "the option inputs is for rows with inputs of several kinds"],
  [{ loss: "huber" }, text, "the option loss is for regression"],
  [{ target: "tag" }, "token-classification", "the option target is for classes, numbers and transcripts"],
  [
    { option: { focal: 2 } },
    "multi-label-classification",
    "the option focal is for classification with one class per sample or word",
  ],
  [{ strategy: "lwf" }, "image-regression", 'strategy "lwf" is for classification of pictures and texts'],
  [{ strategy: "lora" }, "multimodal-classification", 'strategy "lora" is for tasks with a base model'],
  [{ safe: true }, "tabular-classification", "the option safe needs a trained model to start from"],
  [
    { budget: 60 },
    "multimodal-classification",
    "the option budget is for runs of one task with inputs of one kind",
  ],
])("%o for %s: %s", (options, task, message) => {
  expect(() => refuseUnusable(options, task)).toThrow(`${message}, and this is ${task}`);
});

test("the help of a refused option says what to do", () => {
  expect(() => refuseUnusable({ augment: "strong" }, text)).toThrow(
    expect.objectContaining({ help: "leave it out, or choose another task" }),
  );
});

test("augmentations of sounds are for classes, labels and numbers; mixup is for classes", () => {
  for (const task of ["audio-classification", "audio-regression", "multi-label-classification"] as const)
    expect(() => refuseUnusable({ augment: "speed,specaugment" }, task, "audio")).not.toThrow();
  expect(() => refuseUnusable({ augment: "none" }, "automatic-speech-recognition")).not.toThrow();
  expect(() => refuseUnusable({ augment: "specaugment" }, "automatic-speech-recognition")).toThrow(
    /^the option augment "specaugment" is for tasks with one row of features per sample, and this is automatic-speech-recognition$/,
  );
  const mixup = { option: { mixup: 0.2 } };
  expect(() => refuseUnusable(mixup, "audio-classification")).not.toThrow();
  expect(() => refuseUnusable(mixup, "automatic-speech-recognition")).toThrow(
    /^the option mixup is for classification of pictures, texts and sounds, and this is automatic-speech-recognition$/,
  );
  expect(() => refuseUnusable(mixup, "multi-label-classification", "audio")).toThrow(
    /^the option mixup is for classification of pictures, texts and sounds, and this is multi-label-classification of sounds$/,
  );
});
