import { expect, test } from "vitest";
import type { AnyResultEvent } from "../../core/events/events.js";
import { curveScores } from "./execute-curve.js";

test("the scores of a run have the groups of its test items", () => {
  const result: AnyResultEvent = JSON.parse(
    '{ "run": "run", "test": { "scores": { "metric": "accuracy", "k": 1, "values": [1, 0, 1] }, "group_of": [0, 0, 1] }, "baselines": { "scratch": { "test": { "scores": { "metric": "accuracy", "k": 1, "values": [1, 0, 0] } } } } }',
  );
  expect(curveScores(result)).toEqual({
    transfer: Float64Array.of(1, 0, 1),
    scratch: Float64Array.of(1, 0, 0),
    groups: [0, 0, 1],
  });
});
