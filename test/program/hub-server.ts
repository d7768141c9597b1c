// A hub for the tests of push, on this machine: it speaks the paths of the hub that an upload uses, and misbehaves on request.
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface HubState {
  /** Files of the repository by path; undefined: there is none. */
  repository: Map<string, Buffer> | undefined;
  private: boolean;
  /** Large files by their sha256. */
  readonly objects: Map<string, Buffer>;
  /** "METHOD path" of every request in order. */
  readonly requests: string[];
  /** All that was sent: headers and bodies. */
  readonly received: {
    readonly request: string;
    readonly token: string | undefined;
    readonly body: Buffer;
  }[];
  readonly commits: string[];
  /** Bytes of a part of a large file; undefined: whole files. */
  chunk: number | undefined;
  /** Answers in place of the usual ones: by a part of "METHOD path", so many times. */
  readonly moods: {
    readonly of: string;
    readonly status: number | "cut" | "silent";
    times: number;
    readonly retryAfter?: string;
  }[];
  /** Called with each request. */
  onRequest?: (request: string) => void;
}

const sha256 = (content: Buffer): string => createHash("sha256").update(content).digest("hex");
const gitHash = (content: Buffer): string =>
  createHash("sha1").update(`blob ${content.length}\0`).update(content).digest("hex");
const isLarge = (path: string): boolean => /\.(onnx|safetensors)$/.test(path);

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

/** @returns what the hub holds and saw, its address, and how to end it */
export async function startHub(): Promise<{ state: HubState; url: string; close(): Promise<void> }> {
  const state: HubState = {
    ...{ repository: undefined, private: true, chunk: undefined },
    ...{ objects: new Map(), requests: [], received: [], commits: [], moods: [] },
  };
  /** Parts that arrived, by sha256 and number. */
  const parts = new Map<string, Buffer>();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url!, "http://127.0.0.1");
    const name = `${request.method} ${url.pathname}`;
    state.requests.push(name);
    state.onRequest?.(name);
    const mood = state.moods.find(({ of, times }) => times > 0 && name.includes(of));
    if (mood) {
      mood.times--;
      if (mood.status === "silent") return;
      if (mood.status === "cut") {
        request.once("data", () => request.socket.destroy());
        return;
      }
      await bodyOf(request);
      if (mood.retryAfter !== undefined) response.setHeader("Retry-After", mood.retryAfter);
      json(response, { error: `no \u001b[31m${request.headers.authorization}` }, mood.status);
      return;
    }
    const body = await bodyOf(request);
    state.received.push({ request: name, token: request.headers.authorization, body });
    const { host } = request.headers;
    const asJson = <T>(): T => JSON.parse(body.toString());
    if (name === "POST /api/repos/create") {
      if (state.repository) return json(response, { error: "You already created this model repo" }, 409);
      state.repository = new Map();
      state.private = asJson<{ visibility: string }>().visibility === "private";
      json(response, { url: `http://${host}/org/name`, id: "1" });
    } else if (name === "GET /api/models/org/name/revision/HEAD") {
      json(response, {
        _id: "1",
        id: "org/name",
        private: state.private,
        downloads: 0,
        likes: 0,
        gated: false,
      });
    } else if (name === "GET /api/models/org/name/tree/main") {
      json(
        response,
        [...state.repository!].map(([path, content]) => entry(path, content)),
      );
    } else if (name === "POST /api/models/org/name/preupload/main") {
      const files = asJson<{ files: { path: string }[] }>().files.map(({ path }) => ({
        ...{ path, uploadMode: isLarge(path) ? "lfs" : "regular", shouldIgnore: false },
      }));
      json(response, { files });
    } else if (name === "POST /org/name.git/info/lfs/objects/batch") {
      const objects = asJson<{ objects: { oid: string; size: number }[] }>().objects.map(({ oid, size }) => {
        if (state.objects.has(oid)) return { oid, size };
        const href = `http://${host}/lfs/${oid}`;
        if (state.chunk === undefined) return { oid, size, actions: { upload: { href } } };
        const count = Math.ceil(size / state.chunk);
        const header: Record<string, string> = { chunk_size: String(state.chunk) };
        for (let i = 1; i <= count; i++) header[String(i)] = `http://${host}/lfs-part/${oid}/${i}`;
        return { oid, size, actions: { upload: { href: `${href}/complete`, header } } };
      });
      json(response, { transfer: state.chunk === undefined ? "basic" : "multipart", objects });
    } else if (/^PUT \/lfs\/[0-9a-f]{64}$/.test(name)) {
      const oid = name.slice(-64);
      if (sha256(body) !== oid) return json(response, { error: "another content" }, 400);
      state.objects.set(oid, body);
      response.end();
    } else if (name.startsWith("PUT /lfs-part/")) {
      const key = name.slice("PUT /lfs-part/".length);
      parts.set(key, body);
      response.setHeader("ETag", `"${key}"`);
      response.end();
    } else if (/^POST \/lfs\/[0-9a-f]{64}\/complete$/.test(name)) {
      const { oid, parts: told } = asJson<{ oid: string; parts: { partNumber: number; etag: string }[] }>();
      const whole = Buffer.concat(told.map(({ partNumber }) => parts.get(`${oid}/${partNumber}`)!));
      if (sha256(whole) !== oid || told.some(({ partNumber, etag }) => etag !== `"${oid}/${partNumber}"`))
        return json(response, { error: "wrong parts" }, 400);
      state.objects.set(oid, whole);
      json(response, {});
    } else if (name === "POST /api/models/org/name/commit/main") {
      commit(state, body);
      json(response, { commitOid: "c".repeat(40), commitUrl: `http://${host}/org/name/commit/c` });
    } else json(response, { error: "Not Found" }, 404);
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    state,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

function json(response: ServerResponse, value: unknown, status = 200): void {
  response.statusCode = status;
  response.setHeader("Content-Type", "application/json");
  response.end(JSON.stringify(value));
}

function entry(path: string, content: Buffer) {
  const shared = { type: "file", path, size: content.length };
  if (!isLarge(path)) return { ...shared, oid: gitHash(content) };
  return {
    ...shared,
    oid: "e".repeat(40),
    lfs: { oid: sha256(content), size: content.length, pointerSize: 130 },
  };
}

/** Lines of JSON: a header, small files with their content, large files by their hash. */
function commit(state: HubState, body: Buffer): void {
  for (const line of body.toString().split("\n")) {
    const { key, value } = JSON.parse(line);
    if (key === "header") state.commits.push(value.summary);
    if (key === "file") state.repository!.set(value.path, Buffer.from(value.content, "base64"));
    if (key === "lfsFile") state.repository!.set(value.path, state.objects.get(value.oid)!);
  }
}
