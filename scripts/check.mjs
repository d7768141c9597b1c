// `npm run check`: what must hold before a change goes in: format and lint, types, build with declarations,
// package contents, all tests.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const bin = (name) => join(root, "node_modules/.bin", name);
const steps = [
  ["format and lint", bin("biome"), ["check", "."]],
  ["types", bin("tsc"), ["--noEmit"]],
  ["build", process.execPath, [join(root, "scripts/build.mjs"), "--types"]],
  ["package", bin("publint"), ["--strict"]],
  ["tests", process.execPath, [join(root, "scripts/test.mjs")]],
];
for (const [name, command, args] of steps) {
  console.log(`\n— ${name}`);
  const { status } = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  if (status !== 0) {
    console.error(`\n${name}: failed`);
    process.exit(status ?? 1);
  }
}
console.log("\nall checks passed");
