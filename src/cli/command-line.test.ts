import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tinyBase, tinyData } from "../../test/support/fixtures.js";
import { runCommandLine } from "./command-line.js";

const root = mkdtempSync(join(tmpdir(), "engraft-command-line-"));
let [data, base] = ["", ""];
beforeAll(async () => {
  data = await tinyData(join(root, "data"), { ant: 8, bee: 8 });
  base = tinyBase(join(root, "base"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Runs a command whose output is closed after its first line, as by `| head -1`. Returns the exit status. */
function closedAfterOneLine(args: readonly string[]): Promise<number> {
  return runCommandLine([...args, "--json", "--threads", "1"], (onClosed) => ({
    ...{ out: onClosed, err: () => undefined },
    ...{ moves: false, colors: false, now: () => performance.now() },
  }));
}

test.each(["train", "compare", "curve", "distill"])(
  "%s is interrupted if nobody reads its output",
  async (command) => {
    const teacher = command === "distill" ? ["--teacher", base] : [];
    const args = [command, data, "--base", base, ...teacher, "--out", join(root, command), "--no-cache"];
    expect(await closedAfterOneLine(args)).toBe(130);
  },
);

test.each(["predict", "explain"])("%s succeeds if nobody reads the rest of its output", async (command) => {
  const pictures = [0, 1, 2].map((i) => join(data, "ant", `${i}.png`));
  expect(await closedAfterOneLine([command, base, ...pictures])).toBe(0);
});
