import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { EngraftEvent } from "../core/events/events.js";
import { nodePlatform } from "../platform/node.js";
import type { Platform } from "../platform/platform.js";
import { countTestEvaluations } from "./test-set-usage.js";

let folder: string;
let platform: Platform;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "engraft-looks-"));
  platform = { ...nodePlatform, cacheDir: () => folder };
});
afterEach(() => rmSync(folder, { recursive: true }));

test("counts the other runs that scored the same test part, each once", async () => {
  expect(await countTestEvaluations(platform, "a", "run 1")).toBe(0);
  expect(await countTestEvaluations(platform, "a", "run 1")).toBe(0);
  expect(await countTestEvaluations(platform, "a", "run 2")).toBe(1);
  expect(await countTestEvaluations(platform, "b", "run 3")).toBe(0);
});

test("a damaged count is not taken for none: a warning says that it is not known", async () => {
  writeFileSync(join(folder, "test-looks.json"), "{ no");
  const events: EngraftEvent[] = [];
  await countTestEvaluations(platform, "a", "run 1", (event) => events.push(event));
  expect(events).toMatchObject([{ event: "warning", code: "test-looks" }]);
  expect((events[0] as { message: string }).message).toContain(
    "how often this test part was scored before is not known: ",
  );
});
