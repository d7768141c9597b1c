import { expect, test } from "vitest";
import { isFloat } from "../../core/dtype.js";
import type { OpName } from "../../graph/ops.js";
import {
  allOperatorCases,
  caseFeeds,
  caseGraph,
  caseInput,
  checkGradient,
  operatorCases,
} from "../../testing/index.js";
import { rules } from "./index.js";

const differentiable = allOperatorCases.filter((c) => (c.differentiable?.length ?? 0) > 0);

test("every rule has a case that its gradient is checked on", () => {
  const unchecked = (Object.keys(rules) as OpName[]).filter(
    (op) => rules[op].kind === "rule" && !operatorCases[op].some((c) => (c.differentiable?.length ?? 0) > 0),
  );
  expect(unchecked).toEqual([]);
});

test("every operator that is refused or has gradient zero says why", () => {
  for (const decision of Object.values(rules))
    if (decision.kind !== "rule") expect(decision.because.length).toBeGreaterThan(10);
});

test.each(differentiable.map((c) => [c.op, c.name, c] as const))(
  "%s, %s: the gradient is the slope",
  (_op, _name, c) => {
    const graph = caseGraph(c);
    const wrt = c.differentiable!.map(caseInput);
    expect(wrt.every((w) => isFloat(graph.typeOf(w).dtype))).toBe(true);
    const { error } = checkGradient(graph, { feeds: caseFeeds(c), wrt });
    expect(error).toBeLessThanOrEqual(1e-7);
  },
);
