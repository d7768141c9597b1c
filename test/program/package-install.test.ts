// The tarball that npm would publish, installed and used in empty projects. It needs npm's registry.
// @module-tag thorough
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("npm installs the tarball, and an empty project uses it", {
  tags: ["thorough"],
  timeout: 900_000,
}, async () => {
  const script = fileURLToPath(new URL("../../scripts/check/package.mjs", import.meta.url));
  const failed = await promisify(execFile)(process.execPath, [script], { maxBuffer: 2 ** 26 }).then(
    () => undefined,
    (error: { stdout: string; stderr: string }) => `${error.stdout}\n${error.stderr}`,
  );
  expect(failed).toBeUndefined();
});
