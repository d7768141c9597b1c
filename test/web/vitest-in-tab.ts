// As much of vitest as a conformance suite needs, in a page: vitest's own matchers, and a runner of a few lines.
import { JestAsymmetricMatchers, JestChaiExpect, JestExtend } from "@vitest/expect";
import * as chai from "chai";

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);

export const expect = Object.assign(chai.expect, {
  unreachable(message = "this is reached"): never {
    throw new Error(message);
  },
});

type Work = () => unknown;
const tests: { readonly name: string; readonly work: Work }[] = [];
const first: Work[] = [];
const last: Work[] = [];
/** Names of the blocks around what is collected now, without the outermost. */
const blocks: string[] = [];
let depth = 0;
function block(name: string, work: Work): void {
  if (depth++ > 0) blocks.push(name);
  work();
  if (--depth > 0) blocks.pop();
}
export const describe = Object.assign(block, {
  each:
    (rows: readonly (readonly unknown[])[]) =>
    (name: string, work: (...row: readonly unknown[]) => unknown): void => {
      for (const row of rows) block(name.replace("%s", String(row[0])), () => work(...row));
    },
});
const collect = (name: string, work: Work): unknown =>
  tests.push({ name: [...blocks, name].join(" "), work });
export const test = Object.assign(collect, {
  each:
    (rows: readonly (readonly unknown[])[]) =>
    (name: string, work: (...row: readonly unknown[]) => unknown): void => {
      for (const row of rows) collect(name.replace("%s", String(row[0])), () => work(...row));
    },
});
export const beforeAll = (work: Work): unknown => first.push(work);
export const afterAll = (work: Work): unknown => last.push(work);

/** Runs the collected tests in order. @returns the message of each failure, "" for a test that passed */
export async function runCollected(): Promise<Record<string, string>> {
  const said: Record<string, string> = {};
  for (const work of first) await work();
  for (const { name, work } of tests) {
    try {
      await work();
      said[name] = "";
    } catch (error) {
      said[name] = String(error);
    }
  }
  for (const work of last) await work();
  return said;
}
