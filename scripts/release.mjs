// `npm run release`: everything but the upload. Checks the checkout, builds, packs, opens the tarball, installs it and
// uses it, and prints the next commands. RELEASING.md has the steps around it.
import { execFileSync, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { BuildError } from "./build.mjs";
import { npm, packTarball, readTarball } from "./pack.mjs";
import { bundledIn, fetchAudit, fetchParts, holesIn, partsOf } from "./parts.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const read = (file) => readFileSync(join(root, file), "utf8");

/** Returns sentences about what prevents a release of this checkout. */
export function obstacles({ status, version, changelog, citation, lock }) {
  const found = [];
  if (status.trim() !== "")
    found.push(
      `the working tree has changes: ${status
        .trim()
        .split(/\s*\n\s*/)
        .join(", ")}. Commit them first`,
    );
  if (!new RegExp(`^## \\[?${version.replaceAll(".", "\\.")}\\]?( |$)`, "m").test(changelog))
    found.push(`CHANGELOG.md has no section "## ${version}"`);
  if (!new RegExp(`^version: "?${version.replaceAll(".", "\\.")}"?$`, "m").test(citation))
    found.push(`CITATION.cff does not say version: ${version}`);
  if (lock !== version)
    found.push(`package-lock.json says version ${lock}: run npm install --package-lock-only`);
  return found;
}

/** Returns what the files of this checkout say about its version. */
export const readVersions = () => ({
  version: JSON.parse(read("package.json")).version,
  changelog: read("CHANGELOG.md"),
  citation: read("CITATION.cff"),
  lock: JSON.parse(read("package-lock.json")).version,
});

async function release() {
  const { name, version } = JSON.parse(read("package.json"));
  const status = execFileSync("git", ["status", "--porcelain"], { cwd: root, encoding: "utf8" });
  const found = obstacles({ status, ...readVersions() });
  if (found.length > 0) {
    for (const sentence of found) console.error(`not released: ${sentence}`);
    return 2;
  }
  const packed = await packTarball(join(root, "dist/made-by-npm-run-build")).catch((error) => {
    if (!(error instanceof BuildError)) throw error;
    console.error(`not released: ${error.message}`);
  });
  if (!packed) return 1;
  const { path, sha256, bytes, files } = packed;
  console.log(`${path}: ${files.length} files, ${(bytes / 1e6).toFixed(1)} MB, sha256 ${sha256}`);
  if (!listParts(path, { name, version })) return 1;
  const check = [join(root, "scripts/check/package.mjs"), path];
  if (spawnSync(process.execPath, check, { cwd: root, stdio: "inherit" }).status !== 0) return 1;
  console.log(`\n${name} ${version} is ready. Nothing was uploaded. To publish it, type:
  npm publish ${path}
  git tag v${version} && git push --tags`);
  return 0;
}

/** Writes the list of parts beside the tarball. @returns false if one of them has a known hole */
function listParts(tarball, versions) {
  const parts = partsOf(fetchParts(npm, root), bundledIn(readTarball(tarball)), versions);
  const path = tarball.replace(/\.tgz$/, ".cdx.json");
  writeFileSync(path, `${JSON.stringify(parts, undefined, 2)}\n`);
  console.log(`${path}: ${parts.components.length} parts`);
  const { audit, silent } = fetchAudit(npm, root);
  if (silent !== undefined) {
    console.log(`not checked for known holes: the registry does not answer (${silent})`);
    return true;
  }
  const holes = holesIn(audit, parts);
  for (const sentence of holes) console.error(`not released: ${sentence}`);
  return holes.length === 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await release();
