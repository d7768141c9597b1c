// engraft push against a hub on this machine.
import { execFile, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { buildAll, isFresh } from "../../scripts/build.mjs";
import type { EngraftEvent } from "../../src/core/events/events.js";
import { nodePlatform } from "../../src/platform/node.js";
import type { Platform } from "../../src/platform/platform.js";
import { type PushOptions, pushOn } from "../../src/push/push.js";
import { type HubState, startHub } from "./hub-server.js";

const token = "hf_aVerySecretToken";
const model = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 251));
const hash = "ab".repeat(32);
const item = "cd".repeat(32);
const card = `---
license: apache-2.0
base_model: org/base
base_model_relation: finetune
tags:
  - engraft
---

# A model
`;
const manifest = {
  ...{
    format: 1,
    task: "image-classification",
    base: { name: "org/base", sha256: hash, license: "apache-2.0" },
  },
  strategy: { name: "probe", reasons: ['adapted from "/home/ann/shop" to "C:\\\\Users\\\\ann\\\\web"'] },
  items: { [item]: "train" },
};

let folder: string;
let run: string;
let hub: { state: HubState; url: string; close(): Promise<void> };
let variables: Record<string, string>;
let platform: Platform;
let events: EngraftEvent[];

beforeAll(async () => {
  if (!isFresh()) await buildAll();
});
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "engraft-push-"));
  run = join(folder, "run");
  mkdirSync(join(run, "model", "onnx"), { recursive: true });
  const file = (name: string, content: string | Buffer): void =>
    writeFileSync(join(run, "model", name), content);
  file("onnx/model.onnx", model);
  file("config.json", "{}");
  file("README.md", card);
  file("engraft.json", JSON.stringify(manifest));
  file(".DS_Store", "x");
  hub = await startHub();
  variables = { HF_ENDPOINT: hub.url, HF_TOKEN: token, HOME: folder };
  platform = { ...nodePlatform, env: (name) => variables[name] };
  events = [];
});
afterEach(async () => {
  await hub.close();
  rmSync(folder, { recursive: true, force: true });
});

const push = (options: PushOptions & { pause?: number } = {}, path = run, repository = "org/name") =>
  pushOn(platform, path, repository, { pause: 1, onEvent: (e) => void events.push(e), ...options });
const model_ = (...path: string[]): string => join(run, "model", ...path);
const writeCard = (frontMatter: string): void =>
  writeFileSync(model_("README.md"), `---\n${frontMatter}\n---\n`);
const sentPaths = (): string[] => [...hub.state.repository!.keys()].sort();
const puts = (): string[] => hub.state.requests.filter((r) => r.startsWith("PUT"));
const retries = (): string[] =>
  events.flatMap((e) => (e.event === "warning" && e.code === "retry" ? [e.message] : []));

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
    model_("adapter_config.json"),
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
  expect(JSON.parse(readFileSync(model_("engraft.json"), "utf8"))).toEqual(manifest);
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

  writeFileSync(model_("config.json"), '{"a":1}');
  const third = await push();
  expect(third.files.filter(({ sent }) => sent).map(({ path }) => path)).toEqual(["config.json"]);
  expect(hub.state.commits).toHaveLength(2);
  expect(puts()).toEqual([]);
});

test("a public repository needs --public, so that nothing becomes public by mistake", async () => {
  hub.state.repository = new Map();
  hub.state.private = false;
  await expect(push()).rejects.toMatchObject({
    kind: "OptionError",
    message: "org/name is public: everyone could read the model",
    help: expect.stringContaining("--public"),
  });
  expect(hub.state.commits).toEqual([]);
  expect(puts()).toEqual([]);
  await expect(push({ public: true })).resolves.toMatchObject({ private: false, created: false });
  hub.state.repository = undefined;
  await expect(push({ public: true })).resolves.toMatchObject({ private: false, created: true });
});

test("an object that is there already is not sent again", async () => {
  await push();
  hub.state.repository = new Map();
  hub.state.requests.length = 0;
  await push();
  expect(puts()).toEqual([]);
  expect(hub.state.repository.get("onnx/model.onnx")!.equals(model)).toBe(true);
});

test("a large file goes in parts where the hub asks for parts", async () => {
  hub.state.chunk = 100_001;
  await push();
  expect(puts()).toHaveLength(3);
  expect(hub.state.repository!.get("onnx/model.onnx")!.equals(model)).toBe(true);
});

test.each([
  ["POST /api/repos/create", 503],
  ["preupload", 503],
  ["preupload", 429],
  ["objects/batch", 500],
  ["PUT /lfs", 503],
  ["PUT /lfs", "cut"],
  ["preupload", "cut"],
  ["commit/main", 504],
] as const)("a passing failure of %s (%s) is tried again", async (of, status) => {
  hub.state.moods.push({ of, status, times: 2 });
  const pushed = await push();
  expect(pushed.commit).toBe("c".repeat(40));
  expect(hub.state.repository!.get("onnx/model.onnx")!.equals(model)).toBe(true);
  expect(retries()).toHaveLength(2);
  expect(retries()[0]).toMatch(/^(the hub answered HTTP \d{3}|the connection failed): try 2 of 5 in 1 s$/);
});

test("Retry-After is obeyed, and one that is too long ends the try", async () => {
  hub.state.moods.push({ of: "preupload", status: 429, times: 1, retryAfter: "1" });
  const begin = performance.now();
  await push();
  // The server asked for 1 s, where the first pause would have been 1 ms.
  expect(performance.now() - begin).toBeGreaterThan(990);
  hub.state.repository = undefined;
  hub.state.moods.push({ of: "preupload", status: 429, times: 9, retryAfter: "3600" });
  await expect(push()).rejects.toMatchObject({
    message: "the hub answered HTTP 429: too many requests",
    help: expect.stringContaining("wait 3600 s"),
  });
});

test("after five tries the failure is told, and nothing of it is visible", async () => {
  hub.state.moods.push({ of: "PUT /lfs", status: 503, times: 99 });
  await expect(push()).rejects.toMatchObject({
    kind: "NetworkError",
    message: "the hub answered HTTP 503 in 5 tries",
    help: expect.stringContaining("files that arrived are not sent again"),
  });
  expect(retries()).toHaveLength(4);
  expect(sentPaths()).toEqual([]);
});

test.each([
  [401, "the hub does not accept the token (HTTP 401)", "hf auth login"],
  [403, "the token may not write to org/name (HTTP 403)", "write access"],
] as const)("HTTP %s is said at once, with what to do", async (status, message, help) => {
  hub.state.moods.push({ of: "/api/", status, times: 99 });
  await expect(push()).rejects.toMatchObject({
    kind: "NetworkError",
    message,
    help: expect.stringContaining(help),
  });
  expect(retries()).toEqual([]);
});

test("a token that may write but make no repository can push to one that is there", async () => {
  hub.state.repository = new Map();
  hub.state.moods.push({ of: "repos/create", status: 403, times: 1 });
  await expect(push()).resolves.toMatchObject({ created: false });
});

test("the token is in no message, whatever the server says, and goes to the hub alone", async () => {
  hub.state.moods.push({ of: "preupload", status: 400, times: 1 });
  const error = await push().catch((e: unknown) => e as Error & { help: string; details: unknown });
  const told = JSON.stringify([error, (error as Error).message, (error as Error).stack]);
  expect(told).not.toContain(token);
  expect((error as Error).message).toMatch(
    /^the hub refused the upload to org\/name \(HTTP 400\): no {2}\[31mBearer …$/,
  );
  await push();
  const large = hub.state.received.filter(({ request }) => request.startsWith("PUT"));
  expect(large.map(({ token }) => token)).toEqual([undefined]);
  expect(JSON.stringify(events)).not.toContain(token);
});

test("the token comes from HF_TOKEN or from the file of the hub's own login; without one nothing is asked", async () => {
  const tokens = (): Set<string | undefined> =>
    new Set(hub.state.received.filter(({ request }) => request.includes("/api/")).map(({ token }) => token));
  delete variables.HF_TOKEN;
  await expect(push()).rejects.toMatchObject({
    kind: "OptionError",
    message: "there is no token of the hub to push with",
    help: expect.stringContaining("set HF_TOKEN"),
  });
  expect(hub.state.requests).toEqual([]);
  mkdirSync(join(folder, ".cache/huggingface"), { recursive: true });
  writeFileSync(join(folder, ".cache/huggingface/token"), "hf_fromHome\n");
  await push();
  expect(tokens()).toEqual(new Set(["Bearer hf_fromHome"]));
  mkdirSync(join(folder, "hf"));
  writeFileSync(join(folder, "hf/token"), "hf_fromHfHome");
  variables.HF_HOME = join(folder, "hf");
  hub.state.received.length = 0;
  await push();
  expect(tokens()).toEqual(new Set(["Bearer hf_fromHfHome"]));
  // A broken token would end up in the message of a header that cannot be sent.
  writeFileSync(join(folder, "hf/token"), "hf_secret\u0001x");
  await expect(push()).rejects.toMatchObject({ message: "what the file holds is not a token of the hub" });
  variables.HF_TOKEN = "hf_secret\nx";
  await expect(push()).rejects.toMatchObject({ message: "HF_TOKEN is not a token of the hub" });
});

test("a dry run names files, sizes, licence and front matter, sends nothing and needs no token", async () => {
  delete variables.HF_TOKEN;
  const looked = await push({ dryRun: true });
  expect(hub.state.requests).toEqual([]);
  expect(looked).toMatchObject({ dry_run: true, license: "apache-2.0" });
  expect(looked.front_matter.split("\n")[0]).toBe("license: apache-2.0");
  expect(looked.front_matter).not.toContain("---");
  expect(looked.files.find(({ path }) => path === "onnx/model.onnx")).toEqual({
    ...{ path: "onnx/model.onnx", bytes: 300_000, sent: false },
  });
});

test.each([
  ["license: Apache", 'license is "Apache", no licence identifier of the hub'],
  ["license: other\nlicense_name: x", "license_link is missing"],
  ["license: other\nlicense_name: x\nlicense_link: LICENSE", "the folder has no such file"],
  ["pipeline_tag: image-regression", 'pipeline_tag is "image-regression", no task of the hub'],
  ["license: [", "the front matter of README.md is not YAML"],
])("a card with %j is refused", async (frontMatter, problem) => {
  writeCard(frontMatter);
  await expect(push({ iMayPublish: true })).rejects.toMatchObject({
    kind: "ModelError",
    message: expect.stringContaining(problem),
  });
  expect(hub.state.requests).toEqual([]);
});

test.each([
  [
    "license: other\nlicense_name: research-only\nlicense_link: https://example.org/x",
    'the licence "research-only"',
  ],
  ["license: unknown", "the licence of the base is not known"],
  ["license: cc-by-nd-4.0", "the licence cc-by-nd-4.0 forbids publishing what is derived"],
])("%j needs the user's word that it may be published", async (frontMatter, words) => {
  writeCard(frontMatter);
  await expect(push()).rejects.toMatchObject({
    kind: "OptionError",
    message: expect.stringContaining(words),
    help: "read the licence; if it lets you publish, add --i-may-publish",
  });
  expect(hub.state.requests).toEqual([]);
  await expect(push({ iMayPublish: true })).resolves.toMatchObject({ created: true });
});

test("links, folders of another kind and names that are none are refused before anything is sent", async () => {
  writeFileSync(join(folder, "secret.txt"), "secret");
  symlinkSync(join(folder, "secret.txt"), model_("notes.txt"));
  await expect(push()).rejects.toMatchObject({
    kind: "ModelError",
    message: '"notes.txt" in the model folder is a link: what it points to may lie outside the folder',
  });
  rmSync(model_("notes.txt"));
  symlinkSync(folder, model_("more"));
  await expect(push()).rejects.toThrow('"more" in the model folder is a link');
  rmSync(model_("more"));
  const linked = join(folder, "linked");
  mkdirSync(linked);
  symlinkSync(model_(), join(linked, "model"));
  await expect(push({}, linked)).rejects.toThrow("model/ in the run is a link");
  for (let i = 0; i < 101; i++) writeFileSync(model_(`${i}.jpg`), "");
  await expect(push()).rejects.toThrow("the folder holds more than 100 files: it is no model folder");
  for (let i = 0; i < 101; i++) rmSync(model_(`${i}.jpg`));
  rmSync(model_("README.md"));
  await expect(push()).rejects.toThrow("the folder has no model card: README.md");
  for (const name of [
    "name",
    "org/name/x",
    "../x",
    "org/..",
    "hf:org/name",
    "org/na me",
    "org/-x",
    "a--b/c",
    "",
  ])
    await expect(push({}, run, name)).rejects.toMatchObject({
      kind: "OptionError",
      message: `${JSON.stringify(name)} is no name of a repository`,
    });
  expect(hub.state.requests).toEqual([]);
});

test("an upload that is stopped ends at once, and nothing of it is visible", async () => {
  const stop = new AbortController();
  hub.state.moods.push({ of: "PUT /lfs", status: "silent", times: 9 });
  hub.state.onRequest = (request) => request.startsWith("PUT") && setTimeout(() => stop.abort(), 20);
  await expect(push({ signal: stop.signal })).rejects.toMatchObject({
    kind: "Interrupted",
    message: "the upload was stopped on request",
  });
  expect(sentPaths()).toEqual([]);
  // While it waits for the next try, too.
  const later = new AbortController();
  hub.state.moods.splice(0);
  hub.state.moods.push({ of: "preupload", status: 503, times: 9 });
  hub.state.onRequest = (request) => request.includes("preupload") && setTimeout(() => later.abort(), 20);
  await expect(push({ signal: later.signal, pause: 60_000 })).rejects.toMatchObject({ kind: "Interrupted" });
});

const main = new URL("../../dist/program/main.js", import.meta.url).pathname;
const environment = (): NodeJS.ProcessEnv => ({
  ...process.env,
  ...variables,
  ENGRAFT_CACHE: join(folder, "cache"),
});
function engraft(args: readonly string[]): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((done) => {
    const child = execFile(process.execPath, [main, ...args], { env: environment() }, (_error, out, err) =>
      done({ code: child.exitCode, out, err }),
    );
  });
}

test("the command shows a dry run, then pushes; what it says and writes never holds the token", async () => {
  const dry = await engraft(["push", run, "org/name", "--dry-run"]);
  expect(dry.err).toBe("");
  expect(dry.out).toContain("repository org/name, private where it is new\n");
  expect(dry.out).toContain("licence    apache-2.0\n");
  expect(dry.out).toContain("card       license: apache-2.0\n           base_model: org/base\n");
  expect(dry.out).toMatch(/onnx\/model\.onnx, 293\.0 KB/);
  expect(dry.out).toContain("left out   hidden files: .DS_Store\n");
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

test("Ctrl-C ends the command, and the next one goes on", async () => {
  hub.state.moods.push({ of: "PUT /lfs", status: "silent", times: 1 });
  const child = spawn(process.execPath, [main, "push", run, "org/name"], { env: environment() });
  let err = "";
  child.stderr.on("data", (piece) => {
    err += piece;
  });
  hub.state.onRequest = (request) => request.startsWith("PUT") && void child.kill("SIGINT");
  const code = await new Promise((done) => child.on("exit", done));
  expect(code).toBe(130);
  expect(err).toContain("the upload was stopped on request");
  expect(err).not.toMatch(/\n +at .*\.js/);
  hub.state.onRequest = undefined as never;
  expect((await engraft(["push", run, "org/name"])).code).toBe(0);
  expect(hub.state.repository!.get("onnx/model.onnx")!.equals(model)).toBe(true);
});
