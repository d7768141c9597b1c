import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const platform = fileURLToPath(new URL("../../dist/platform/node.js", import.meta.url));

test("the most memory of a process is its own, however large the one that started it is", () => {
  const held = Buffer.alloc(500e6, 1);
  const script = `import { nodePlatform } from ${JSON.stringify(platform)};
    const held = Buffer.alloc(100e6, 1);
    console.log(held.at(-1) * nodePlatform.peakMemoryMb());`;
  const peak = Number(
    execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" }),
  );
  expect(held.at(-1)).toBe(1);
  // Node itself takes 40 to 60 MB, the buffer 100.
  expect(peak).toBeGreaterThan(120);
  expect(peak).toBeLessThan(250);
});
