// `npm run characterise`: runs every case of test/characterisation and rewrites its record. The tests compare with the
// records, so use it for intended changes. Words after `--` select test files: `npm run characterise -- entities`.
//
//   --force        also with uncommitted changes.
//   --matrix       instead try every option on every task. Each must have an effect, or be refused.
//   --full FOLDER  write complete records to FOLDER, for `git diff --no-index`, and keep the stored ones.
import { execFileSync, spawnSync } from "node:child_process";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const folder = "test/characterisation";
const { values, positionals } = parseArgs({
  options: {
    force: { type: "boolean", default: false },
    full: { type: "string" },
    matrix: { type: "boolean", default: false },
  },
  allowPositionals: true,
});

if (!values.force && !values.matrix && values.full === undefined) {
  const changes = execFileSync("git", ["status", "--porcelain", "--", ".", `:!${folder}/records`], {
    cwd: root,
    encoding: "utf8",
  });
  if (changes !== "") {
    console.error(`There are changes that are not committed:\n${changes}Commit them, or add --force.`);
    process.exit(1);
  }
}

const vitest = join(root, "node_modules/vitest/vitest.mjs");
const within = values.matrix ? `${folder}/matrix` : folder;
const without = values.matrix ? [] : ["--exclude", `${folder}/matrix/**`];
const files = positionals.length > 0 ? positionals.map((name) => `${within}/${name}`) : [within];
const writing = values.full === undefined ? "write" : "full";
const mode = values.matrix ? "matrix" : writing;
const how = {
  ENGRAFT_CHARACTERISE: mode,
  ...(values.full !== undefined && { ENGRAFT_CHARACTERISE_FULL: resolve(values.full) }),
};
const { status } = spawnSync(process.execPath, [vitest, "run", ...files, ...without], {
  cwd: root,
  stdio: "inherit",
  env: { ...process.env, ...how },
});
if (status === 0 && mode === "write") console.log(`see git diff --stat ${folder}/records`);
process.exit(status ?? 1);
