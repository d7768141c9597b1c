import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { EngraftError } from "../core/errors.js";
import type { EngraftEvent } from "../core/events/events.js";
import { resumable } from "./resumable.js";

const root = mkdtempSync(join(tmpdir(), "engraft-resumable-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test.each([
  [
    "the model",
    "its baselines",
    `the model is saved in ${join(root, "model")}; resume the rest of the run with`,
  ],
  ["a checkpoint", "the training", "the state is saved; go on with"],
])("a run that saved %s and was interrupted in %s says what is left", async (_saved, of, help) => {
  writeFileSync(join(root, "run.json"), "{}");
  if (of === "its baselines") mkdirSync(join(root, "model"));
  else rmSync(join(root, "model"), { recursive: true });
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
