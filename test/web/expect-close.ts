// Compares results of a tab with results of Node.
import { expect } from "vitest";

/**
 * Expects equal results of a tab and of Node. Numbers may differ by 5e-3: the two runtimes add float32 in another order. After a few steps
 * most tasks differ by 1e-5, and the probabilities of entities by 1.5e-3.
 */
export function expectClose(tab: unknown, node: unknown, place: string): void {
  if (typeof tab === "number" && typeof node === "number") {
    const allowed = 5e-3 * Math.max(1, Math.abs(node));
    expect(Math.abs(tab - node), `${place}: ${tab} and ${node}`).toBeLessThan(allowed);
  } else if (typeof tab !== "object" || typeof node !== "object" || tab === null || node === null)
    expect(tab, place).toEqual(node);
  else {
    expect(Object.keys(tab).sort(), place).toEqual(Object.keys(node).sort());
    for (const [key, value] of Object.entries(node))
      expectClose((tab as Readonly<Record<string, unknown>>)[key], value, `${place}.${key}`);
  }
}
