// Bases that do not fit a task, and data that a command cannot use: an error with a remedy, and no run folder.
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { distill, type EngraftError, rank, train } from "../../src/index.js";
import { type ToyName, toysIn } from "../characterisation/toys.js";

const root = mkdtempSync(join(tmpdir(), "engraft-base-for-task-"));
const toy = toysIn(join(root, "toys"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const out = join(root, "run");
const refusal = (run: Promise<unknown>): Promise<EngraftError> =>
  run.then(
    () => expect.unreachable("it was not refused"),
    (error: EngraftError) => error,
  );

const noPictures = "text-base does not take pictures: it has 2 inputs";
const noTexts = "picture-base does not take texts: no tokenizer is beside it";
test.each([
  ["pictures", "text-base", noPictures],
  ["picture-numbers", "text-base", noPictures],
  ["picture-labels", "text-base", noPictures],
  ["texts", "picture-base", noTexts],
  ["text-labels", "picture-base", noTexts],
  ["sentences", "picture-base", noTexts],
] as const)("%s on %s", async (data, base, message) => {
  const error = await refusal(train(await toy(data), { base: await toy(base), threads: 1, out }));
  expect(error).toMatchObject({
    kind: "ModelError",
    message,
    help: expect.stringMatching(/^(use )?a base of/),
  });
  expect(existsSync(out)).toBe(false);
});

const commands: Readonly<Record<string, (data: string) => Promise<unknown>>> = {
  rank: (data) => rank(data, { target: "size" }),
  distill: (data) => distill(data, { teacher: "vision-open", out }),
};
test.each([
  ["rank", "table-classes", "tabular-classification"],
  ["distill", "sentences", "token-classification"],
] as const)("the command %s on %s", async (command, data: ToyName, task) => {
  const error = await refusal(commands[command]!(await toy(data)));
  expect(error).toMatchObject({ kind: "OptionError", details: { command, task } });
  expect(error.help).toContain("use train");
  expect(existsSync(out)).toBe(false);
});
