// engraft push to a hub on this machine: what it sends.
import { readFileSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  card,
  engraft,
  events,
  hub,
  item,
  manifest,
  model,
  modelPath,
  push,
  puts,
  run,
  sentPaths,
  setUpPush,
  token,
  variables,
} from "./push-fixture.js";

setUpPush();
test("a new repository is private and holds the model after one commit", async () => {
  const pushed = await push();
  expect(pushed).toMatchObject({
    ...{ repository: "org/name", dry_run: false, license: "apache-2.0", created: true, private: true },
    ...{ url: `${hub.url}/org/name`, commit: "c".repeat(40), left_out: [".DS_Store"] },
  });
  expect(hub.state.private).toBe(true);
  expect(hub.state.commits).toEqual([expect.stringMatching(/^Upload with Engraft \d/)]);
  expect(sentPaths()).toEqual(["README.md", "config.json", "engraft.json", "onnx/model.onnx"]);
  expect(hub.state.repository!.get("onnx/model.onnx")!.equals(model)).toBe(true);
  expect(hub.state.repository!.get("README.md")!.toString()).toBe(card);
  expect(events.at(-1)).toMatchObject({ event: "progress", phase: "upload", unit: "bytes" });
  const last = events.at(-1) as { done: number; total: number };
  expect(last.done).toBe(last.total);
});

test("neither hashes of items nor folders of this machine are sent, and the folder stays as it was", async () => {
  writeFileSync(
    modelPath("adapter_config.json"),
    JSON.stringify({ base_model_name_or_path: "/home/ann/bases/b.onnx", engraft: { cut: "/pool/out" } }),
  );
  await push();
  for (const { body } of hub.state.received) {
    const text = body.toString();
    expect(text).not.toContain(item);
    // Small files travel as base64.
    for (const [, content] of text.matchAll(/"content":"([^"]*)"/g)) {
      const plain = Buffer.from(content!, "base64").toString();
      expect(plain).not.toMatch(/items|cdcdcd|\bann\b|Users/);
    }
    for (const [, sample] of text.matchAll(/"sample":"([^"]*)"/g))
      expect(Buffer.from(sample!, "base64").toString()).not.toMatch(/items|\bann\b|Users/);
  }
  const sent = (name: string) => JSON.parse(hub.state.repository!.get(name)!.toString());
  expect(sent("engraft.json")).toMatchObject({
    strategy: { reasons: ['adapted from "./shop" to "./web"'] },
  });
  expect(sent("engraft.json")).not.toHaveProperty("items");
  expect(sent("adapter_config.json")).toEqual({
    base_model_name_or_path: "b.onnx",
    engraft: { cut: "/pool/out" },
  });
  expect(JSON.parse(readFileSync(modelPath("engraft.json"), "utf8"))).toEqual(manifest);
});

test("keys and data that lie beside the model are not sent, and are named", async () => {
  const others = ["id_rsa", "credentials.json", "secrets.txt", "samples.json", "onnx/model.onnx.bak"];
  for (const name of others) writeFileSync(modelPath(name), "secret");
  const { files, left_out } = await push();
  expect([...left_out].sort()).toEqual([".DS_Store", ...others].sort());
  expect(files.map(({ path }) => path)).toEqual([
    "README.md",
    "config.json",
    "engraft.json",
    "onnx/model.onnx",
  ]);
  for (const { body } of hub.state.received) expect(body.toString()).not.toContain(btoa("secret"));
});

test("an existing private repository takes the files that changed; the second push sends nothing", async () => {
  await push();
  hub.state.requests.length = 0;
  const again = await push();
  expect(again).toMatchObject({ created: false, private: true });
  expect(again.commit).toBeUndefined();
  expect(again.files.every(({ sent }) => !sent)).toBe(true);
  expect(hub.state.commits).toHaveLength(1);
  expect(hub.state.requests.some((r) => /preupload|lfs|commit/.test(r))).toBe(false);

  writeFileSync(modelPath("config.json"), '{"a":1}');
  const third = await push();
  expect(third.files.filter(({ sent }) => sent).map(({ path }) => path)).toEqual(["config.json"]);
  expect(hub.state.commits).toHaveLength(2);
  expect(puts()).toEqual([]);
});

test("an object that the hub already has is not sent again", async () => {
  await push();
  hub.state.repository = new Map();
  hub.state.requests.length = 0;
  await push();
  expect(puts()).toEqual([]);
  expect(hub.state.repository.get("onnx/model.onnx")!.equals(model)).toBe(true);
});

test("a large file is sent in parts if the hub asks for parts", async () => {
  hub.state.chunk = 100_001;
  await push();
  expect(puts()).toHaveLength(3);
  expect(hub.state.repository!.get("onnx/model.onnx")!.equals(model)).toBe(true);
});

test("a dry run names files, sizes, licence and front matter, sends nothing and needs no token", async () => {
  delete variables.HF_TOKEN;
  const planned = await push({ dryRun: true });
  expect(hub.state.requests).toEqual([]);
  expect(planned).toMatchObject({ dry_run: true, license: "apache-2.0" });
  expect(planned.front_matter.split("\n")[0]).toBe("license: apache-2.0");
  expect(planned.front_matter).not.toContain("---");
  expect(planned.files.find(({ path }) => path === "onnx/model.onnx")).toEqual({
    ...{ path: "onnx/model.onnx", bytes: 300_000, sent: false },
  });
});

test("the command shows a dry run, then pushes; its output never contains the token", async () => {
  const dry = await engraft(["push", run, "org/name", "--dry-run"]);
  expect(dry.err).toBe("");
  expect(dry.out).toContain("repository org/name, private where it is new\n");
  expect(dry.out).toContain("licence    apache-2.0\n");
  expect(dry.out).toContain("card       license: apache-2.0\n           base_model: org/base\n");
  expect(dry.out).toMatch(/onnx\/model\.onnx, 293\.0 KB/);
  expect(dry.out).toContain("left out   not written by Engraft: .DS_Store\n");
  expect(dry.out).toMatch(/dry run +nothing was sent; 4 files, .* would be\n/);
  expect(hub.state.requests).toEqual([]);
  const real = await engraft(["push", run, "org/name", "--json"]);
  expect(real.code).toBe(0);
  expect(JSON.parse(real.out.trimEnd().split("\n").at(-1)!)).toMatchObject({
    ...{ event: "result", repository: "org/name", created: true, private: true },
  });
  const again = await engraft(["push", run, "org/name"]);
  expect(again.out).toContain("nothing to send: the repository holds the same files");
  const both = await engraft(["push", run, "org/name", "--public", "--private"]);
  expect(both.code).toBe(2);
  expect(both.err).toContain("--public and --private contradict each other");
  for (const { out, err } of [dry, real, again, both]) expect(out + err).not.toContain(token);
});
