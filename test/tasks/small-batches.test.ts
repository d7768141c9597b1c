// Features of few pictures: a small batch, with the bits of a full one.
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test, vi } from "vitest";
import { pictureInputs, type Sample } from "../../src/data/index.js";
import { openMachine } from "../../src/run/machine.js";
import { fedBy, openBody } from "../../src/run/setup.js";
import { openSession } from "../../src/runtime/open.js";
import { extractFeatures, leastBatch } from "../../src/train/features.js";

const folder = fileURLToPath(new URL("../../assets/demo/train/crack", import.meta.url));
const items: Sample[] = readdirSync(folder)
  .slice(0, 32)
  .map((name) => ({ id: name, path: `${folder}/${name}`, part: "train", sha256: name }));

test("one picture and three run as two and three, and have the bits of a batch of 32", {
  tags: ["thorough"],
}, async () => {
  const machine = await openMachine();
  const { platform } = machine;
  const opened = await openBody("vision-open", {}, platform);
  const graph = fedBy(opened, opened.body.graph);
  const runtime = await machine.openRuntime({ threads: 4 });
  const session = await openSession(runtime, graph);
  const run = vi.fn(session.run.bind(session));
  const inputs = pictureInputs(platform, opened.base.preprocessing, 0);
  const { width } = opened.body;
  const rowsOf = async (some: readonly Sample[]) => {
    const its = { session: async () => ({ ...session, run }), width, inputs, least: leastBatch(graph) };
    return (await extractFeatures(some, its)).rows.whole!;
  };
  const all = await rowsOf(items);
  expect(await rowsOf(items.slice(5, 6))).toEqual(all.slice(5 * width, 6 * width));
  expect(await rowsOf(items.slice(7, 10))).toEqual(all.slice(7 * width, 10 * width));
  expect(run.mock.calls.map(([feeds]) => Object.values(feeds)[0]!.dims[0])).toEqual([32, 2, 3]);
  await session.dispose();
  await runtime.close();
});

test("a network with a product of matrices runs in full batches only", async () => {
  const { platform } = await openMachine();
  const { base } = await openBody("vision-mini", {}, platform);
  // Its classifier is a product.
  expect(leastBatch(base.imported.graph)).toBe(32);
});
