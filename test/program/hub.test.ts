// Bases from a hub: a local server speaks the hub's own paths, and misbehaves on request.
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { fetchFromHub, type HubOptions } from "../../src/bases/hub/hub.js";
import { parseHubRef } from "../../src/bases/hub/hub-ref.js";
import { chooseParts } from "../../src/bases/open/choose-parts.js";
import { locateBase } from "../../src/bases/open/locate.js";
import { openBase } from "../../src/bases/open/open-base.js";
import type { EngraftEvent } from "../../src/core/events/events.js";
import { zeros } from "../../src/core/tensor.js";
import { Builder, Graph, toOnnx } from "../../src/graph/index.js";
import { nodePlatform } from "../../src/platform/node.js";
import type { Platform } from "../../src/platform/platform.js";
import { insteadOfTimer } from "../support/watched-timers.js";

const commit = "0123456789abcdef0123456789abcdef01234567";
const model = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7919) % 251);
const config = new TextEncoder().encode('{"size":64}');
const hash = (name: string, ...parts: (string | Uint8Array)[]) =>
  parts.reduce((h, part) => h.update(part), createHash(name)).digest("hex");

/** Behaviour of the server in addition to its answers. */
interface Mood {
  /** Close the connection after so many bytes of the model, this many times. */
  cut?: { bytes: number; times: number };
  corrupt?: boolean;
  status?: number;
  ignoreRange?: boolean;
  silent?: boolean;
}

/** The files of the repository. */
let contents: Map<string, Uint8Array>;
let server: Server;
let mood: Mood;
let requests: { url: string; range: string | undefined; token: string | undefined }[];
let platform: Platform;
let cache: string;
let events: EngraftEvent[];
let variables: Record<string, string>;

function answer(request: IncomingMessage, response: ServerResponse): void {
  const url = request.url ?? "";
  const { range, authorization } = request.headers;
  requests.push({ url, range, token: authorization });
  if (mood.silent) return;
  const json = (value: unknown) => {
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify(value));
  };
  if (mood.status !== undefined) {
    response.statusCode = mood.status;
    json({ error: "no" });
  } else if (url.startsWith("/api/models/org/tiny/revision/")) {
    if (!url.includes("/main?") && !url.includes(`/${commit}?`)) {
      response.statusCode = 404;
      json({ error: "Invalid rev id" });
    } else
      json({ _id: "1", id: "org/tiny", sha: commit, private: false, cardData: { license: "apache-2.0" } });
  } else if (url.startsWith(`/api/models/org/tiny/tree/${commit}?recursive=true`)) {
    const entries = [...contents].map(([path, content]) => {
      const shared = { type: "file", path, size: content.length };
      if (!path.endsWith(".onnx"))
        return { ...shared, oid: hash("sha1", `blob ${content.length}\0`, content) };
      const lfs = { oid: hash("sha256", content), size: content.length, pointerSize: 130 };
      return { ...shared, oid: "e".repeat(40), lfs };
    });
    json([{ type: "directory", path: "onnx", size: 0, oid: "d".repeat(40) }, ...entries]);
  } else if (url.startsWith(`/org/tiny/resolve/${commit}/`)) {
    const whole = contents.get(url.slice(`/org/tiny/resolve/${commit}/`.length))!;
    const [, from = "0", to = String(whole.length - 1)] = /^bytes=(\d+)-(\d+)?$/.exec(range ?? "") ?? [];
    const partly = range !== undefined && (!mood.ignoreRange || range === "bytes=0-0");
    const body = partly ? whole.slice(Number(from), Number(to) + 1) : whole.slice();
    if (mood.corrupt && body.length > 1) body[body.length - 1]! ^= 1;
    response.statusCode = partly ? 206 : 200;
    if (partly) response.setHeader("Content-Range", `bytes ${from}-${to}/${whole.length}`);
    response.setHeader("ETag", `"${hash("sha256", whole)}"`);
    response.setHeader("Content-Length", body.length);
    if (mood.cut && mood.cut.times > 0 && body.length > mood.cut.bytes) {
      mood.cut.times--;
      response.write(body.subarray(0, mood.cut.bytes), () => setTimeout(() => response.destroy(), 20));
    } else response.end(body);
  } else {
    response.statusCode = 404;
    json({ error: "Repository not found" });
  }
}

beforeEach(async () => {
  mood = {};
  contents = new Map([
    ["onnx/model.onnx", model],
    ["config.json", config],
  ]);
  requests = [];
  events = [];
  cache = mkdtempSync(join(tmpdir(), "engraft-hub-"));
  server = createServer(answer);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  variables = { HF_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  platform = { ...nodePlatform, env: (name) => variables[name], cacheDir: () => cache };
});
afterEach(() => {
  rmSync(cache, { recursive: true, force: true });
  server.closeAllConnections();
  server.close();
});

function open(
  ref = "hf:org/tiny",
  wanted = ["onnx/model.onnx", "config.json"],
  extra: Partial<HubOptions> = {},
) {
  const options = { platform, onEvent: (e: EngraftEvent) => void events.push(e), pause: 1, ...extra };
  return fetchFromHub(parseHubRef(ref)!, () => wanted, options);
}
const modelBytes = (paths: ReadonlyMap<string, string>) => readFileSync(paths.get("onnx/model.onnx")!);
const modelRequests = () => requests.filter((r) => r.url.endsWith("model.onnx") && r.range !== "bytes=0-0");
function partials(): string[] {
  return readdirSync(cache, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith(".partial"));
}

test("files arrive whole, with the commit, the licence and a bar that ends at the full size", async () => {
  const snapshot = await open();
  expect(snapshot).toMatchObject({ repo: "org/tiny", commit, license: "apache-2.0" });
  expect(Buffer.compare(modelBytes(snapshot.paths), Buffer.from(model))).toBe(0);
  expect(readFileSync(snapshot.paths.get("config.json")!, "utf8")).toBe('{"size":64}');
  expect(events).toContainEqual(
    expect.objectContaining({
      event: "progress",
      phase: "download",
      done: 300_000,
      total: 300_000,
      unit: "bytes",
    }),
  );
  expect(partials()).toEqual([]);
});

test("a second call downloads nothing, and works without a network", async () => {
  await open();
  requests = [];
  await open();
  expect(requests.some((r) => r.url.includes("/resolve/"))).toBe(false);
  await new Promise((done) => {
    server.closeAllConnections();
    server.close(done);
  });
  events = [];
  const snapshot = await open();
  expect(modelBytes(snapshot.paths).length).toBe(300_000);
  expect(events).toMatchObject([{ event: "warning", code: "offline" }]);
});

test("HF_HUB_OFFLINE makes no request, and a cached commit needs none", async () => {
  await open();
  await open(`hf:org/tiny@${commit}`);
  requests = [];
  await open(`hf:org/tiny@${commit}`);
  variables.HF_HUB_OFFLINE = "1";
  await open();
  expect(requests).toEqual([]);
  await expect(open("hf:org/other")).rejects.toMatchObject({
    kind: "NetworkError",
    code: "unreachable",
    message: expect.stringMatching(/: HF_HUB_OFFLINE is set, and org\/other@main is not kept here$/),
  });
});

test("a broken connection is continued at the byte where it ended", async () => {
  mood.cut = { bytes: 100_000, times: 1 };
  const { paths } = await open();
  expect(Buffer.compare(modelBytes(paths), Buffer.from(model))).toBe(0);
  expect(modelRequests().map((r) => r.range)).toEqual([undefined, "bytes=100000-299999"]);
});

test("an interrupted download is continued by the next call", async () => {
  mood.cut = { bytes: 50_000, times: 4 };
  await expect(open()).rejects.toMatchObject({ kind: "NetworkError" });
  expect(partials()).toHaveLength(1);
  requests = [];
  await open();
  expect(modelRequests().map((r) => r.range)).toEqual(["bytes=200000-299999"]);
});

test("a wrong checksum is noticed, and the file is not cached", async () => {
  mood.corrupt = true;
  await expect(open()).rejects.toMatchObject({
    kind: "NetworkError",
    message: expect.stringMatching(
      /^onnx\/model\.onnx of org\/tiny arrived damaged twice: its checksum is not [0-9a-f]{64}$/,
    ) as string,
  });
  expect(partials()).toEqual([]);
  await expect(open(undefined, ["config.json"])).rejects.toThrow("arrived damaged twice");
});

test("a partial file that was damaged on disk is fetched again from the start", async () => {
  mood.cut = { bytes: 50_000, times: 4 };
  await open().catch(() => {});
  const [name = ""] = partials();
  const bytes = readFileSync(join(cache, name));
  bytes[0]! ^= 1;
  writeFileSync(join(cache, name), bytes);
  const { paths } = await open();
  expect(Buffer.compare(modelBytes(paths), Buffer.from(model))).toBe(0);
});

test("a cached file that was damaged on disk is downloaded again", async () => {
  const { paths } = await open();
  writeFileSync(paths.get("onnx/model.onnx")!, "short");
  expect(modelBytes((await open()).paths).length).toBe(300_000);
});

test("a server that ignores Range cannot make a file of the wrong content", async () => {
  mood.cut = { bytes: 100_000, times: 1 };
  mood.ignoreRange = true;
  const { paths } = await open();
  expect(Buffer.compare(modelBytes(paths), Buffer.from(model))).toBe(0);
});

const refusedBy = (status: number) => `the hub does not give org/tiny@main to you (HTTP ${status})`;
const answered = (status: number) => `the hub answered HTTP ${status} for org/tiny@main`;
test.each([
  [401, refusedBy(401), /HF_TOKEN/],
  [403, refusedBy(403), /HF_TOKEN/],
  [404, "there is no org/tiny@main on the hub", /check the name/],
  [429, answered(429), /wait a few minutes/],
  [500, answered(500), /try again later/],
])("HTTP %i says what to do", async (status, message, help) => {
  mood.status = status;
  await expect(open()).rejects.toMatchObject({
    kind: "NetworkError",
    message,
    help: expect.stringMatching(help) as string,
  });
});

test("a token is not sent to another machine without encryption, and nothing else is asked there", async () => {
  variables = { HF_ENDPOINT: "http://hub.example", HF_TOKEN: "hf_secret" };
  await expect(open()).rejects.toMatchObject({
    kind: "OptionError",
    message: "a token is sent over https only",
    at: "HF_ENDPOINT is http://hub.example",
    help: "set HF_ENDPOINT to an address with https://, or unset HF_TOKEN",
  });
});

test("an unknown revision is named", async () => {
  await expect(open("hf:org/tiny@nope")).rejects.toThrow("there is no org/tiny@nope on the hub");
});

test("nobody at the address: the address and the reason are named", async () => {
  await new Promise((done) => server.close(done));
  await expect(open()).rejects.toMatchObject({
    code: "unreachable",
    details: { address: variables.HF_ENDPOINT },
    message: expect.stringMatching(/: ECONNREFUSED$/),
  });
});

test("a server that never answers is given up", async () => {
  mood.silent = true;
  await expect(open(undefined, undefined, { patience: 100 })).rejects.toThrow("no answer in time");
});

test("an abort stops at once and keeps what arrived", async () => {
  const controller = new AbortController();
  mood.cut = { bytes: 100_000, times: 99 };
  // It comes while the download waits for the next try.
  insteadOfTimer(50_000, () => controller.abort());
  const running = open(undefined, undefined, { signal: controller.signal, pause: 50_000 });
  await expect(running).rejects.toMatchObject({ kind: "Interrupted" });
  expect(partials()).toHaveLength(1);
});

test("the token goes along, and a text that is none is refused before anything is sent", async () => {
  variables.HF_TOKEN = "hf_secret";
  await open();
  expect(new Set(requests.map((r) => r.token))).toEqual(new Set(["Bearer hf_secret"]));
  requests = [];
  variables.HF_TOKEN = "secret";
  await expect(open()).rejects.toMatchObject({
    kind: "OptionError",
    message: "HF_TOKEN is not a token of the hub",
  });
  expect(requests).toEqual([]);
});

test("a file name that leaves the folder is refused", async () => {
  contents.set("../../escape.json", config);
  await expect(open(undefined, ["../../escape.json"])).rejects.toThrow('a file called "../../escape.json"');
  expect(existsSync(join(cache, "..", "escape.json"))).toBe(false);
});

test("two downloads of one model at once: the second waits, and finds it", async () => {
  await Promise.all([open(), open()]);
  expect(modelRequests()).toHaveLength(1);
});

test("a repository opens as a base, with its licence, commit and preprocessing, and again without a network", async () => {
  const graph = new Graph("tiny");
  const g = new Builder(graph);
  const x = graph.input("pixel_values", { dtype: "float32", shape: ["batch", 3, 16, 16] });
  const features = g.flatten(g.globalAveragePool(g.conv(x, g.weight("w", zeros("float32", [4, 3, 3, 3])))));
  graph.outputs.push(g.matmul(features, g.weight("fc", zeros("float32", [4, 10]))));
  const preprocessor = { size: 16, image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] };
  const text = (value: string) => new TextEncoder().encode(value);
  contents = new Map([
    ["onnx/model.onnx", toOnnx(graph)],
    ["onnx/model_quantized.onnx", text("not asked for")],
    ["preprocessor_config.json", text(JSON.stringify(preprocessor))],
    ["LICENSE", text("Apache License")],
  ]);
  for (const offline of ["", "1"]) {
    if (offline) variables.HF_HUB_OFFLINE = offline;
    requests = [];
    const base = await openBase("hf:org/tiny", { platform });
    expect(base).toMatchObject({
      name: "org/tiny",
      license: "apache-2.0",
      licenseText: "Apache License",
      hub: { repo: "org/tiny", commit },
      preprocessing: { height: 16, mean: [0.5, 0.5, 0.5] },
    });
    expect(requests.some((r) => r.url.includes("quantized"))).toBe(false);
    expect(requests.length === 0).toBe(offline === "1");
  }
});

test("of an encoder–decoder, a base is its encoder; to write, its decoder is downloaded too, with its weights", async () => {
  const names = ["encoder_model", "decoder_model_merged", "decoder_model"].flatMap((name) => [
    `onnx/${name}.onnx`,
    `onnx/${name}_quantized.onnx`,
  ]);
  const paths = [...names, "onnx/decoder_model_merged.onnx_data", "config.json", "tokenizer.json"];
  contents = new Map(paths.map((path) => [path, new TextEncoder().encode(path)]));
  const base = await locateBase("hf:org/tiny", { platform });
  expect(base).toMatchObject({ onnx: expect.stringMatching(/encoder_model\.onnx$/), decoder: undefined });
  expect(requests.some(({ url }) => url.includes("decoder_model"))).toBe(false);
  const both = await locateBase("hf:org/tiny", { platform, choose: chooseParts });
  expect(readFileSync(both.decoder!, "utf8")).toBe("onnx/decoder_model_merged.onnx");
  expect(readFileSync(`${both.decoder}_data`, "utf8")).toBe("onnx/decoder_model_merged.onnx_data");
  expect(requests.some(({ url }) => /quantized|decoder_model\.onnx/.test(url))).toBe(false);
});

test("a repository without an ONNX file says so", async () => {
  contents.delete("onnx/model.onnx");
  await expect(openBase("hf:org/tiny", { platform })).rejects.toThrow("hf:org/tiny has no ONNX file");
  await expect(openBase("hf:org/tiny#a.onnx", { platform })).rejects.toThrow(
    "hf:org/tiny has no file a.onnx",
  );
});

test("a reference is a name, a revision and a file", () => {
  expect(parseHubRef("hf:org/name@v1.0#onnx/model_fp16.onnx")).toEqual({
    repo: "org/name",
    revision: "v1.0",
    file: "onnx/model_fp16.onnx",
  });
  expect(parseHubRef("model.onnx")).toBeUndefined();
});

test.each([
  "hf:",
  "hf:a/b/c",
  "hf:../x",
  "hf:a/..",
  "hf:a/b@../c",
  "hf:a/b#../x.onnx",
  "hf:a/b#model.bin",
  "hf:a/b@",
])("%s is refused", (text) => {
  expect(() => parseHubRef(text)).toThrow(`"${text}" is not a model on the hub`);
});
