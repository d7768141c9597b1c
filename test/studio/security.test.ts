// Who may do what with the server of `engraft studio`: each rule of safety is a test, without a browser.
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Hono } from "hono";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createApp } from "../../src/studio/app-node.js";
import { newProject } from "../../src/studio/project.js";
import { ProjectFolders } from "../../src/studio/project-folders-node.js";
import { reportKey, type SignedInBrowser } from "../../src/studio/protocol.js";
import { SignIn } from "../../src/studio/sign-in-node.js";
import { TrainingLine } from "../../src/studio/training-line-node.js";

const root = mkdtempSync(join(tmpdir(), "engraft-studio-"));
const port = 4800;
const host = `127.0.0.1:${port}`;
const hostile = "<img src=x onerror=alert(1)>";
let app: Hono;
let authorization: string | undefined;
let signIn: SignIn;
const project = newProject("p-1", "pictures", hostile, "2026-01-31T10:00:00.000Z");

beforeAll(async () => {
  process.env.ENGRAFT_CACHE = join(root, "cache");
  signIn = await SignIn.open(join(root, "studio"));
  const folders = await ProjectFolders.open({ root: join(root, "studio"), readOnly: false });
  app = createApp({ folders, signIn, port, line: new TrainingLine() });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Ask {
  readonly method?: string;
  readonly json?: unknown;
  readonly body?: Uint8Array<ArrayBuffer> | string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/** Sends a request as the page does; `headers` replaces some, or leaves out those that are undefined. */
function ask(path: string, { method, json, body, headers = {} }: Ask = {}): Promise<Response> | Response {
  const command = json !== undefined ? { "content-type": "application/json" } : {};
  const all = {
    host,
    origin: `http://${host}`,
    ...(authorization && { authorization }),
    ...command,
    ...headers,
  };
  const sent = new Headers();
  for (const [name, value] of Object.entries(all)) if (value !== undefined) sent.set(name, value);
  return app.request(`http://${host}${path}`, {
    method: method ?? (json !== undefined ? "POST" : "GET"),
    headers: sent,
    ...(json !== undefined ? { body: JSON.stringify(json) } : body !== undefined && { body }),
  });
}

const answer = async (response: Promise<Response> | Response) => {
  const { status } = await response;
  return { status, ...((await (await response).json()) as object) };
};

test("without a key nothing of the user is answered, and the sentence says what to do", async () => {
  for (const path of [
    "/api/projects",
    "/api/projects/p-1",
    "/api/sessions",
    "/api/runs/x/events?project=p-1",
    "/runs/x/report?project=p-1",
  ])
    expect(await answer(ask(path))).toEqual({
      status: 401,
      kind: "OptionError",
      message: "this browser is not signed in to the studio",
      help: "Open the address that the terminal prints.",
    });
  for (const path of ["/api/sessions/end", "/api/sessions/token"])
    expect((await ask(path, { json: {} })).status).toBe(401);
  const wrong = { authorization: `Bearer ${"x".repeat(43)}` };
  expect((await ask("/api/projects", { headers: wrong })).status).toBe(401);
});

test("the token works once, for a key that is no cookie: browsers send cookies to every port of a machine", async () => {
  expect((await ask("/api/session", { json: { token: "x" } })).status).toBe(401);
  const { token } = signIn;
  const signedIn = await ask("/api/session", { json: { token }, headers: { "user-agent": "A browser" } });
  expect(signedIn.status).toBe(200);
  expect(signedIn.headers.get("set-cookie")).toBeNull();
  const { key } = (await signedIn.json()) as { readonly key: string };
  expect(key).toMatch(/^[\w-]{43}$/);
  expect((await ask("/api/session", { json: { token } })).status).toBe(401);
  expect((await ask("/api/session", { json: { token: "" } })).status).toBe(401);
  authorization = `Bearer ${key}`;
  expect((await ask("/api/projects")).status).toBe(200);
  // A program at another port may set cookies of this host.
  const foreign = { cookie: `engraft_${port}=x; engraft-key=x; authorization=x` };
  expect((await ask("/api/projects", { headers: foreign })).status).toBe(200);
  const other = { authorization: undefined, cookie: `engraft-key=${key}; authorization=Bearer ${key}` };
  expect((await ask("/api/projects", { headers: other })).status).toBe(401);
});

test("a signed-in browser sees who is signed in, adds a browser, and ends one or all", async () => {
  const own = authorization!;
  const sessions = async () => (await (await ask("/api/sessions")).json()) as readonly SignedInBrowser[];
  const add = async (browser: string): Promise<string> => {
    const { token } = (await (await ask("/api/sessions/token", { json: {} })).json()) as { token: string };
    const headers = { authorization: undefined, "user-agent": browser };
    const answered = await ask("/api/session", { json: { token }, headers });
    return `Bearer ${((await answered.json()) as { readonly key: string }).key}`;
  };
  const added = await add(`Other ${"x".repeat(1000)}`);
  const [first, second] = (await sessions()) as [SignedInBrowser, SignedInBrowser];
  expect(first).toMatchObject({ browser: "A browser", isOwn: true });
  expect(second).toMatchObject({ browser: `Other ${"x".repeat(294)}`, isOwn: false });
  for (const one of [first, second]) {
    expect(Object.keys(one).sort()).toEqual(["browser", "id", "isOwn", "since", "used"]);
    expect(Date.parse(one.used)).toBeGreaterThanOrEqual(Date.parse(one.since));
  }
  const isIn = async (key: string) =>
    (await ask("/api/projects", { headers: { authorization: key } })).status === 200;
  expect(await isIn(added)).toBe(true);
  expect((await ask("/api/sessions/end", { json: { id: second.id } })).status).toBe(200);
  expect([await isIn(own), await isIn(added)]).toEqual([true, false]);

  const third = await add("Third");
  const { token } = (await (await ask("/api/sessions/token", { json: {} })).json()) as { token: string };
  expect((await ask("/api/sessions/end", { json: {} })).status).toBe(200);
  expect([await isIn(own), await isIn(third)]).toEqual([false, false]);
  expect((await ask("/api/session", { json: { token } })).status).toBe(401);
  authorization = `Bearer ${signIn.exchange(signIn.invite())}`;
  expect((await sessions()).length).toBe(1);
});

test("a report has a key of its own in its address, which ends with its browser", async () => {
  const key = authorization!.slice("Bearer ".length);
  const address = (own: string, run = "gone") => `/runs/${run}/report?project=p-1&key=${own}`;
  const own = await reportKey(key, "p-1", "gone");
  const none = { authorization: undefined };
  const status = async (path: string) => (await ask(path, { headers: none })).status;
  // Signed in, but there is no such project yet.
  expect(await status(address(own))).toBe(404);
  for (const wrong of [address(own, "other"), address(key), address(""), address("x".repeat(64))])
    expect(await status(wrong)).toBe(401);
  expect((await ask(`/api/projects?key=${own}`, { headers: none })).status).toBe(401);
  signIn.end();
  expect(await status(address(own))).toBe(401);
  authorization = `Bearer ${signIn.exchange(signIn.invite())}`;
});

test("each start has another token and other keys; the folder keeps its port only", async () => {
  const [studio, other] = ["studio", "other"].map((name) => join(root, name)) as [string, string];
  await signIn.keep(port);
  const cache = join(root, "cache/studios");
  const [file] = readdirSync(cache).map((name) => join(cache, name)) as [string];
  expect(readFileSync(file, "utf8")).toBe(`{"port":${port}}`);
  const again = await SignIn.open(studio);
  expect(again.lastPort).toBe(port);
  expect(again.token).toMatch(/^[\w-]{43}$/);
  expect(again.token).not.toBe(signIn.token);
  const key = authorization!.slice("Bearer ".length);
  expect([signIn.use(key) !== undefined, again.use(key)]).toEqual([true, undefined]);
  // Another folder has a port of its own, and knows which one to leave.
  const second = await SignIn.open(other);
  expect([second.lastPort, second.otherPorts]).toEqual([undefined, new Set([port])]);
  await second.keep(port + 1);
  expect((await SignIn.open(studio)).lastPort).toBe(port);
  writeFileSync(file, "damaged");
  expect((await SignIn.open(studio)).lastPort).toBeUndefined();
});

test("another host name is refused before everything else: 421", async () => {
  for (const evil of [
    "evil.example",
    `evil.example:${port}`,
    "127.0.0.1",
    "127.0.0.1:80",
    "",
    `127.0.0.1.evil.example:${port}`,
  ])
    for (const path of ["/", "/api/projects", "/nowhere"])
      expect((await ask(path, { headers: { host: evil } })).status).toBe(421);
  for (const own of [`localhost:${port}`, `[::1]:${port}`])
    expect((await ask("/", { headers: { host: own } })).status).toBe(200);
});

test("a command needs the origin of this page: 403", async () => {
  const foreign = [
    undefined,
    "null",
    "http://evil.example",
    `https://${host}`,
    `http://localhost:${port}`,
    `http://${host}0`,
  ];
  for (const origin of foreign)
    for (const method of ["POST", "PUT", "DELETE", "PATCH"])
      expect(
        (await ask("/api/projects", { method, headers: { origin, "content-type": "application/json" } }))
          .status,
      ).toBe(403);
  expect(
    await ask("/api/session", { json: { token: "x" }, headers: { origin: "http://evil.example" } }),
  ).toMatchObject({
    status: 403,
  });
});

test("a command is JSON: 415, not more than 1 MB: 413, and fits its schema: 400", async () => {
  for (const type of [
    undefined,
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "application/json2",
  ])
    expect(
      (await ask("/api/projects", { method: "POST", body: "{}", headers: { "content-type": type } })).status,
    ).toBe(415);
  expect(
    await answer(ask("/api/projects", { json: { ...project, name: "x".repeat(1_000_001) } })),
  ).toMatchObject({
    status: 413,
    message: "a request has at most 1000000 bytes",
  });
  const json = { method: "POST", headers: { "content-type": "application/json" } };
  expect(await answer(ask("/api/projects", { ...json, body: "{" }))).toMatchObject({
    status: 400,
    message: "the body is no JSON",
  });
  for (const wrong of [
    { ...project, more: 1 },
    { ...project, id: "../x" },
    { ...project, id: "X" },
    // Names of the folder, and devices of Windows.
    ...["data", "runs", "training", "reports", "studio", "con", "nul", "aux", "prn", "com1", "lpt9"].map(
      (id) => ({
        ...project,
        id,
      }),
    ),
    { ...project, format: 2 },
    { ...project, samples: [{ id: "s", class: "gone", text: "x" }] },
    [],
    null,
  ])
    expect((await ask("/api/projects", { json: wrong })).status).toBe(400);
  expect(existsSync(join(root, "x"))).toBe(false);
});

test("a name is data: it is stored and returned as it is", async () => {
  expect((await ask("/api/projects", { json: project })).status).toBe(200);
  expect(await (await ask("/api/projects")).json()).toMatchObject([{ id: "p-1", name: hostile }]);
  expect((await ask("/api/projects", { json: project })).status).toBe(409);
});

const bytes = new TextEncoder().encode("a picture");
const hash = createHash("sha256").update(bytes).digest("hex");
const stored = join(root, "studio/p-1/data", hash.slice(0, 2), hash);
const put = (
  given: {
    readonly sha?: string;
    readonly headers?: Ask["headers"];
    readonly body?: Uint8Array<ArrayBuffer>;
  } = {},
) =>
  ask(`/api/samples/${given.sha ?? hash}?project=p-1`, {
    method: "PUT",
    body: given.body ?? bytes,
    headers: {
      "content-type": "application/octet-stream",
      "content-length": String(bytes.length),
      ...given.headers,
    },
  });

test("bytes come in one way only, and a file appears when length and hash are right", async () => {
  const wrong = new TextEncoder().encode("a pictura");
  expect((await put({ headers: { "content-type": "image/jpeg" } })).status).toBe(415);
  expect((await put({ headers: { "content-type": "application/json" } })).status).toBe(415);
  expect((await put({ headers: { "content-length": undefined } })).status).toBe(411);
  expect((await put({ headers: { "content-length": "-1" } })).status).toBe(411);
  expect((await put({ headers: { "content-length": "2000000001" } })).status).toBe(413);
  expect((await put({ headers: { "content-length": "8" } })).status).toBe(400);
  expect((await put({ headers: { "content-length": "10" } })).status).toBe(400);
  expect(await answer(put({ body: wrong }))).toMatchObject({
    status: 400,
    message: "the bytes that arrived do not have this hash",
  });
  for (const sha of ["x", hash.toUpperCase(), `${hash}0`, "..%2f..%2fx"])
    expect((await put({ sha })).status).toBe(404);
  // The file of a broken upload is deleted after its answer.
  await expect.poll(() => readdirSync(join(stored, ".."))).toEqual([]);
  expect((await put()).status).toBe(200);
  expect(readFileSync(stored, "utf8")).toBe("a picture");
  const got = await ask(`/api/samples/${hash}?project=p-1`);
  expect(got.headers.get("content-type")).toBe("application/octet-stream");
  expect(await got.text()).toBe("a picture");
  expect((await ask(`/api/samples/${"0".repeat(64)}?project=p-1`)).status).toBe(404);
  expect((await ask(`/api/samples/${hash}?project=p-2`)).status).toBe(404);
});

test("a content that was changed on the disk is not served, and nothing is trained on it: 409", async () => {
  const csv = new TextEncoder().encode("a,label\n1,x\n");
  const sha = createHash("sha256").update(csv).digest("hex");
  expect((await put({ sha, body: csv, headers: { "content-length": String(csv.length) } })).status).toBe(200);
  const files = [{ path: "t.csv", hash: sha }];
  const act = async (after: number, action: object) =>
    (await ask("/api/projects/p-1/actions", { json: { after, actions: [action] } })).status;
  expect(await act(1, { do: "add-files", files })).toBe(200);
  writeFileSync(join(root, "studio/p-1/data", sha.slice(0, 2), sha), "a,label\n1,y\n");
  const changed = { status: 409, code: "content-changed" };
  expect(await answer(ask(`/api/samples/${sha}?project=p-1`))).toMatchObject(changed);
  expect(await answer(ask("/api/projects/p-1/runs", { json: { options: {} } }))).toMatchObject(changed);
  expect(await act(2, { do: "undo" })).toBe(200);
});

test("a file of the data folder that was changed is not served until the next start", async () => {
  const data = join(root, "flowers");
  for (const name of ["rose", "tulip"]) mkdirSync(join(data, name), { recursive: true });
  writeFileSync(join(data, "rose/1.jpg"), "one");
  writeFileSync(join(data, "tulip/2.jpg"), "two");
  const at = { root: join(data, "engraft-studio"), data, readOnly: false };
  const folders = await ProjectFolders.open(at);
  const { id, samples } = folders.of(folders.dataProject!).history.project;
  const [{ hash: first, name }] = samples as [(typeof samples)[number]];
  expect(await folders.content(id, first!, name)).toBe(join(data, "rose/1.jpg"));
  writeFileSync(join(data, "rose/1.jpg"), "changed");
  await expect(folders.content(id, first!, name)).rejects.toMatchObject({
    ...{ status: 409, details: { name: "rose/1.jpg" } },
    message: "rose/1.jpg was changed on the disk",
  });
  const again = await ProjectFolders.open(at);
  const [sample] = again.of(id).history.project.samples;
  expect(await again.content(id, sample!.hash!, sample!.name)).toBe(join(data, "rose/1.jpg"));
});

test("a full disk is told with the folder that is full", async () => {
  const full = Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
  vi.spyOn(ProjectFolders.prototype, "put").mockRejectedValueOnce(full);
  const headers = { "content-type": "application/octet-stream", "content-length": "1" };
  const path = `/api/samples/${"0".repeat(64)}?project=p-1`;
  expect(await answer(ask(path, { method: "PUT", body: "a", headers }))).toMatchObject({
    ...{ status: 400, code: "storage-full" },
    details: { path: join(root, "studio") },
  });
});

test("no address leaves its folder, and a link out of it is refused: 404", async () => {
  const outside = join(root, "secret.txt");
  writeFileSync(outside, "secret");
  mkdirSync(join(root, "studio/p-1/runs"), { recursive: true });
  mkdirSync(join(root, "elsewhere"));
  writeFileSync(join(root, "elsewhere/run.json"), "{}");
  symlinkSync(join(root, "elsewhere"), join(root, "studio/p-1/runs/linked"));
  const paths = [
    ..."/..%2f..%2fpackage.json /%2e%2e/package.json /package/package.json /package/src/index.ts /.%2fmain.js".split(
      " ",
    ),
    ..."/package/assets/..%2f..%2fpackage.json /ort/..%2fpackage.json /ort/..%5cpackage.json /%00 /%ff".split(
      " ",
    ),
    ...[
      `/runs/linked/report?project=p-1&key=${await reportKey(authorization!.slice("Bearer ".length), "p-1", "linked")}`,
      "/runs/..%2fp-1/report?project=p-1",
      "/api/runs/A/events?project=p-1",
    ],
    ...[
      "/api/runs/linked/model?project=p-1",
      "/api/projects/..%2fp-1",
      `/api/samples/${hash}?project=../p-1`,
    ],
  ];
  for (const path of paths) expect([path, (await ask(path)).status]).toEqual([path, 404]);
});

test("a link out of a folder of class folders is no sample, and a file that becomes one is refused", async () => {
  const data = join(root, "data");
  for (const name of ["rose", "tulip"]) mkdirSync(join(data, name), { recursive: true });
  writeFileSync(join(data, "rose/1.jpg"), "one");
  writeFileSync(join(root, "private.jpg"), "private");
  writeFileSync(join(data, "tulip/2.jpg"), "two");
  symlinkSync(join(root, "private.jpg"), join(data, "tulip/3.jpg"));
  const folders = await ProjectFolders.open({ root: join(data, "engraft-studio"), data, readOnly: false });
  const [{ history }] = folders.list() as [ReturnType<ProjectFolders["list"]>[number]];
  expect(history.project.samples.map(({ name }) => name)).toEqual(["rose/1.jpg", "tulip/2.jpg"]);
  rmSync(join(data, "rose/1.jpg"));
  symlinkSync(join(root, "private.jpg"), join(data, "rose/1.jpg"));
  await expect(folders.content(history.project.id, history.project.samples[0]!.hash!)).rejects.toMatchObject({
    status: 404,
  });
  expect(readdirSync(data).sort()).toEqual(["engraft-studio", "rose", "tulip"]);
});

test("every answer has the strict policy, isolates the page, and allows no other origin", async () => {
  for (const path of ["/", "/main.js", "/api/projects", "/nowhere", "/package/dist/browser/engraft.js"]) {
    const { headers } = await ask(path, { headers: { origin: "http://evil.example" } });
    const policy = headers.get("content-security-policy")!;
    expect(policy).not.toMatch(/unsafe-inline|unsafe-eval(?<!wasm-unsafe-eval)|https?:|\*/);
    expect(policy).toContain(
      "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:",
    );
    expect(policy).toContain("frame-ancestors 'none'");
    expect(Object.fromEntries(headers)).toMatchObject({
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
      "cross-origin-resource-policy": "same-origin",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    });
    expect(headers.get("access-control-allow-origin")).toBeNull();
  }
  expect(
    (await ask("/api/projects", { method: "OPTIONS", headers: { origin: "http://evil.example" } })).status,
  ).toBe(403);
  const page = await (await ask("/")).text();
  expect(page).toContain('data-home="server"');
  expect(page).not.toMatch(/<script(?![^>]* src=)|style=/);
});

test("options of a training name no file, and a run of no project is not started", async () => {
  const start = (options: object, id = "p-1") =>
    answer(ask(`/api/projects/${id}/runs`, { json: { options } }));
  expect(await start({ base: "/etc/passwd" })).toMatchObject({
    status: 400,
    message: 'base cannot be "/etc/passwd" in the studio',
  });
  // A name without a slash is a path too, in the folder of the server.
  for (const [name, value] of [
    ...[
      ["out", "x"],
      ["base", ".."],
      ["base", "t.onnx"],
      ["base", "vision-mini/.."],
      ["with", "t.csv"],
    ],
    ...[
      ["test", "t.csv"],
      ["initFrom", ".."],
      ["teacher", "model"],
      ["option", ["a=../b"]],
      ["cut", "..\\x"],
      ["template", "t.jinja"],
    ],
  ] as const)
    expect(await start({ [name as string]: value })).toMatchObject({
      ...{ status: 400, code: "option-path", details: { option: name } },
    });
  for (const base of ["vision-mini", "hf:org/name"])
    expect(await start({ base })).toMatchObject({ status: 400, code: "project-empty" });
  expect(await start({}, "p-2")).toMatchObject({ status: 404 });
  expect(await start({})).toMatchObject({ status: 400, message: "the project has no samples" });
});

test("each row of the threat model names tests that are there", () => {
  const page = new URL("../../SECURITY.md", import.meta.url);
  const rows = readFileSync(page, "utf8")
    .split("\n")
    .filter((line) => /^\| (?!what holds|---)/.test(line));
  expect(rows.length).toBeGreaterThan(10);
  for (const row of rows) {
    const named = [...row.matchAll(/\]\(([^)]+)\)/g)].map(([, path]) => path!);
    if (named.length === 0) expect(row).toContain("there is no reader");
    for (const path of named) expect([path, existsSync(new URL(path, page))]).toEqual([path, true]);
  }
});
