// `npm run check`: everything that must pass before a change is merged. Every step runs, so that all failures are
// visible at once; `npm run check -- types package` runs some of them.
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const node = process.execPath;
const script = (name) => join(root, "scripts", name);
const tool = (path) => join(root, "node_modules", path);
const steps = {
  lint: ["format and lint", [tool("@biomejs/biome/bin/biome"), "check", "--error-on-warnings", "."]],
  types: ["types", [tool("typescript/bin/tsc"), "--noEmit"]],
  studio: ["types of the studio's page", [tool("typescript/bin/tsc"), "--noEmit", "-p", "studio"]],
  build: ["build with declarations", [script("build.mjs"), "--types"]],
  size: ["size of engraft/web", [script("browser-bundle.mjs")]],
  view: ["size of the studio's first view", [script("studio-bundle.mjs")]],
  operators: ["docs/operators.md says what the tables and records say", [script("operators.mjs"), "--check"]],
  package: ["what npm would publish", [tool("publint/src/cli.js"), "--strict"]],
  network: ["npm start connects to no other machine", [script("check/network.mjs")]],
  install: ["the tarball, installed and used in empty projects", [script("check/package.mjs")]],
  guide: ["the guide's samples are what its commands print", [script("guide/main.mjs"), "--check"]],
  tests: ["all tests: architecture, public API, guide and examples among them", [script("test.mjs")]],
};

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(steps, name));
if (unknown.length > 0) {
  console.error(`there is no check ${unknown.join(", ")}; there are ${Object.keys(steps).join(", ")}`);
  process.exit(2);
}
const failed = [];
for (const [name, [what, args]] of Object.entries(steps)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.log(`\n— ${name}: ${what}`);
  const begin = performance.now();
  const { status } = spawnSync(node, args, { cwd: root, stdio: "inherit" });
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  console.log(status === 0 ? `  ok, ${seconds} s` : `  failed, ${seconds} s`);
  if (status !== 0) failed.push(name);
}
console.log(failed.length === 0 ? "\nall checks passed" : `\nfailed: ${failed.join(", ")}`);
process.exitCode = failed.length === 0 ? 0 : 1;
