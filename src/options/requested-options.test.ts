import { expect, test } from "vitest";
import { requestedOptions } from "./requested-options.js";

test("options have the names of the plan, and what was not given is not requested", () => {
  expect(requestedOptions({ lr: 0.01, batchSize: 8, epochs: 3, hidden: 16 })).toEqual({
    ...{ rate: 0.01, batch: 8, epochs: 3, hidden: 16 },
  });
  // The rate is found before the plan.
  expect(requestedOptions({ lr: "find" })).toEqual({});
});
