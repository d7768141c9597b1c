// What keeps a tarball or a checkout from being released.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { npm, readTarball, requireContents } from "../../scripts/pack.mjs";
import { bundledIn, fetchAudit, fetchParts, holesIn, partsOf } from "../../scripts/parts.mjs";
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

const checkout = fileURLToPath(new URL("../..", import.meta.url));

test("the list of parts holds what the package needs and what its bundles contain, not what builds it", () => {
  const licences = Buffer.from("preact 11.2.0 (MIT)\n\nThe MIT License (MIT)\n\nyaml 2.9.1 (ISC)\n");
  const bundled = bundledIn(new Map([["dist/studio/page/LICENSES.txt", licences]]));
  expect([...bundled]).toEqual(["preact", "yaml"]);
  const { metadata, components, dependencies } = partsOf(fetchParts(npm, checkout), bundled, {
    name: "engraft",
    version: readVersions().version,
  });
  expect(metadata.component.name).toBe("engraft");
  const names = components.map(({ name }) => name);
  const { dependencies: needed } = JSON.parse(readFileSync(join(checkout, "package.json"), "utf8"));
  expect(names).toEqual(expect.arrayContaining([...Object.keys(needed), "preact", "onnxruntime-node"]));
  for (const name of ["vitest", "esbuild", "typescript"]) expect(names).not.toContain(name);
  const refs = new Set([`engraft@${readVersions().version}`, ...components.map((one) => one["bom-ref"])]);
  for (const { dependsOn } of dependencies) for (const ref of dependsOn) expect(refs).toContain(ref);
  expect(() =>
    partsOf(fetchParts(npm, checkout), new Set(["not-there"]), { name: "engraft", version: "1.0.0" }),
  ).toThrow("the list of parts lacks not-there");
});

test("a part with a known hole keeps a release back, a tool of the build does not", () => {
  const parts = { components: ["yaml", "onnx", "deep"].map((name) => ({ "bom-ref": `${name}@1`, name })) };
  const hole = { title: "Any file is written", url: "https://example.org/1" };
  const vulnerabilities = {
    yaml: { name: "yaml", range: "<2.9.2", severity: "high", via: [hole] },
    vite: { name: "vite", range: "<9", severity: "critical", via: [hole] },
    deep: { name: "deep", range: "*", severity: "low", via: ["yaml"] },
  };
  expect(holesIn({ vulnerabilities }, parts)).toEqual([
    "yaml <2.9.2 has a known hole (high): Any file is written (https://example.org/1)",
    "deep * has a known hole (low): through yaml",
  ]);
  expect(holesIn({ vulnerabilities: {} }, parts)).toEqual([]);
});

test("a registry that does not answer is no answer without holes", () => {
  const fails = (stdout: string) => () => {
    throw Object.assign(new Error("npm ended with 1"), { stdout });
  };
  const report = { vulnerabilities: { yaml: { name: "yaml" } } };
  expect(fetchAudit(() => JSON.stringify({ vulnerabilities: {} }), ".")).toEqual({
    audit: { vulnerabilities: {} },
  });
  // npm ends with an error if it knows holes.
  expect(fetchAudit(fails(JSON.stringify(report)), ".")).toEqual({ audit: report });
  expect(fetchAudit(fails('{"message":"405 Method Not Allowed"}'), ".")).toEqual({
    silent: "405 Method Not Allowed",
  });
  expect(fetchAudit(fails(""), ".")).toEqual({ silent: "npm ended with 1" });
});
