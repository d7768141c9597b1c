import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { nodePlatform } from "../../platform/node.js";
import { requireSameData } from "./require-same.js";
import { RunFolder } from "./run-folder.js";
import { manifestFormat } from "./run-manifest.js";

const root = mkdtempSync(join(tmpdir(), "engraft-same-data-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test("a refusal names the samples whose target is another one, whatever a target is", async () => {
  const run = await RunFolder.create(nodePlatform, join(root, "run"), {
    ...{ format: manifestFormat, status: "running", command: "engraft train ./data", data: "/data" },
    ...{ options: {}, started: "2026-01-31T00:00:00.000Z", versions: {}, machine: "a machine", threads: 1 },
  });
  const item = (id: string, ...values: number[]) =>
    ({ id, sha256: `content of ${id}`, part: "train", values }) as const;
  const dataset = (fingerprint: string, second: number) => ({
    items: [item("a.png", 1, 2), item("b.png", second, 4)],
    fingerprint,
    seed: 0,
  });
  const targetOf = ({ values }: { readonly values: readonly number[] }) => values.join(" ");
  await requireSameData(run, dataset("first", 3), targetOf);
  await requireSameData(run, dataset("first", 3), targetOf);
  await expect(requireSameData(run, dataset("second", 5), targetOf)).rejects.toMatchObject({
    kind: "RunError",
    message: "the data changed since the run was started: 1 with another target (b.png)",
  });
});
