import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { EngraftError } from "../core/errors.js";
import type { EngraftEvent } from "../core/events/events.js";
import { resumable } from "./resumable.js";

const root = mkdtempSync(join(tmpdir(), "engraft-resumable-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const model = join(root, "model");
const saved = `the model is saved in ${model}; resume the rest of the run with`;
const [once, twice] = [[{ epochs: 1 }], [{ epochs: 1 }, { seconds: 60 }]];

test.each([
  ["its baselines", {}, saved],
  ["the training", {}, "the state is saved; go on with"],
  ["its baselines after an extension", { extensions: once, result: { extensions: 1 } }, saved],
  [
    "the training of its first extension",
    { extensions: once, result: {} },
    `the model from before is in ${model}; the state is saved; go on with`,
  ],
  [
    "the training of a further extension",
    { extensions: twice, result: { extensions: 1 } },
    `the model from before is in ${model}; the state is saved; go on with`,
  ],
])("a run that was interrupted in %s says what is left", async (of, manifest, help) => {
  writeFileSync(join(root, "run.json"), JSON.stringify({ options: {}, ...manifest }));
  rmSync(model, { recursive: true, force: true });
  if (of !== "the training") mkdirSync(model);
  const run = resumable(
    "train",
    () => undefined,
    async (onEvent) => {
      onEvent({ event: "start", run: root } as EngraftEvent);
      throw new EngraftError("Interrupted", "stopped", {});
    },
  );
  await expect(run).rejects.toMatchObject({ help: `${help}: engraft train --resume ${root}` });
});

test("the resumed run of a student is named by its own command", async () => {
  writeFileSync(join(root, "run.json"), JSON.stringify({ options: { teacher: "runs/teacher" } }));
  const run = resumable(
    "distill",
    () => undefined,
    async (onEvent) => {
      onEvent({ event: "start", run: root } as EngraftEvent);
      throw new EngraftError("Interrupted", "stopped", {});
    },
  );
  await expect(run).rejects.toMatchObject({
    help: expect.stringContaining(`engraft distill --resume ${root}`),
  });
});
