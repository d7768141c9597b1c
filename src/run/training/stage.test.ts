import { expect, test } from "vitest";
import type { TrainingPlan } from "../../methods/plan.js";
import { endOf } from "./stage.js";
import type { StageOptions } from "./stage-options.js";

/** The end of a training of classes with pretrained weights, and with these changes. */
function end(plan: Partial<TrainingPlan>, options: Partial<StageOptions> = {}) {
  return endOf({
    plan: { epochs: 15, groups: [{ name: "head" }], ...plan } as TrainingPlan,
    validation: { items: Array.from({ length: 30 }, () => ({})) } as unknown as StageOptions["validation"],
    head: { endsWhenPerfect: true } as StageOptions["head"],
    ...{ endsEarly: true, pretrained: true, ...options },
  });
}

test("early stopping waits a third of the epochs, at least 5", () => {
  expect(end({})).toEqual({ patience: 5, stopWhenPerfect: 30 });
  expect(end({ epochs: 3 }).patience).toBe(5);
  expect(end({ epochs: 31 }).patience).toBe(11);
});

test("it has no default if the user set another end, with too few validation samples, and for layers that begin later", () => {
  expect(end({}, { endsEarly: false })).toEqual({});
  expect(end({ patience: 3 })).toEqual({});
  expect(end({ keep: "last" })).toEqual({});
  expect(end({ average: { kind: "swa", from: 0.75 } })).toEqual({});
  expect(end({}, { validation: { items: [] } as unknown as StageOptions["validation"] })).toEqual({});
  const later = [{ name: "layers", from: 2 }] as unknown as TrainingPlan["groups"];
  expect(end({ groups: later })).toEqual({ stopWhenPerfect: 30 });
  expect(end({}, { pretrained: false })).toEqual({ stopWhenPerfect: 30 });
});

test("other tasks than classes have it too, but no end by a perfect validation", () => {
  const head = { outputs: 3 } as unknown as StageOptions["head"];
  expect(end({}, { head })).toEqual({ patience: 5 });
});
