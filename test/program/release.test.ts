// What keeps a tarball or a checkout from being released.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readTarball, requireContents } from "../../scripts/pack.mjs";
import { obstacles, readVersions } from "../../scripts/release.mjs";

const good = {
  status: "",
  version: "1.2.3",
  changelog: "# Changelog\n\n## Unreleased\n\n## 1.2.3 (2026-01-31)\n",
  citation: "cff-version: 1.2.0\nversion: 1.2.3\n",
  lock: "1.2.3",
};

test("a checkout whose files agree is released", () => {
  expect(obstacles(good)).toEqual([]);
});

test("the files of this checkout agree about its version", () => {
  expect(obstacles({ status: "", ...readVersions() })).toEqual([]);
});

test("a checkout with changes, or whose files disagree about the version, is not", () => {
  expect(obstacles({ ...good, status: " M README.md\n?? notes.txt\n" })).toEqual([
    "the working tree has changes: M README.md, ?? notes.txt. Commit them first",
  ]);
  // A dot stands for itself.
  expect(obstacles({ ...good, changelog: "## Unreleased\n\n## 1x2.3\n" })).toEqual([
    'CHANGELOG.md has no section "## 1.2.3"',
  ]);
  expect(obstacles({ ...good, citation: "version: 1.2.30\n" })).toEqual([
    "CITATION.cff does not say version: 1.2.3",
  ]);
  expect(obstacles({ ...good, lock: "1.2.2" })).toEqual([
    "package-lock.json says version 1.2.2: run npm install --package-lock-only",
  ]);
});

test("a tarball's files are read, and missing ones are named", () => {
  const folder = mkdtempSync(join(tmpdir(), "engraft-release-"));
  try {
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "small", version: "1.0.0" }));
    // Longer than a header's name field, 100 bytes.
    const long = `${"long-".repeat(30)}name.txt`;
    writeFileSync(join(folder, long), "a".repeat(513));
    execFileSync("npm", ["pack", "--pack-destination", folder], {
      cwd: folder,
      stdio: "ignore",
      shell: true,
    });
    const files = readTarball(join(folder, "small-1.0.0.tgz"));
    expect([...files.keys()].filter((name) => name === "package.json")).toEqual(["package.json"]);
    expect([...files.values()].map((bytes) => bytes.length)).toContain(513);
    expect(() =>
      requireContents(files, { exports: { ".": { default: "./dist/other.js" }, "./b/*": "./dist/b/*" } }),
    ).toThrow(
      /^the tarball lacks LICENSE, .*dist\/browser\/engraft\.js, .*dist\/index\.d\.ts, dist\/index\.js, dist\/other\.js, .*dist\/program\/main\.js/,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
