// Node's own http and files: a browser neither serves pages nor reads a part of a growing file.
import { createHash } from "node:crypto";
import { open, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { EngraftError, messageOf } from "../../core/errors.js";

const host = "127.0.0.1";

/** Reads what was appended to a file since the last read; from its beginning if it was replaced. */
export function growthOf(path: string) {
  let at = 0;
  let file = 0;
  const piece = Buffer.alloc(2 ** 18);
  return {
    /** @returns true if there was anything */
    async read(take: (bytes: Uint8Array) => void): Promise<boolean> {
      const now = await stat(path).catch(() => undefined);
      if (!now?.isFile() || (now.size === at && now.ino === file)) return false;
      if (now.size < at) at = 0;
      file = now.ino;
      const from = at;
      const handle = await open(path, "r").catch((error: unknown) => {
        throw new EngraftError("FileError", `the run's record cannot be read: ${messageOf(error)}`, {
          at: path,
          cause: error,
        });
      });
      try {
        for (;;) {
          const { bytesRead } = await handle.read(piece, 0, piece.length, at);
          if (bytesRead === 0) return at > from;
          at += bytesRead;
          take(piece.subarray(0, bytesRead));
        }
      } finally {
        await handle.close();
      }
    },
  };
}

/** A served page, and its state. */
export interface Served {
  readonly url: string;
  /** Sets the state that the page gets from now on. @param last nothing follows */
  show(state: unknown, last: boolean): void;
  /** Waits until a requesting page has the last state, at most this long (ms). */
  fetched(most: number, signal?: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

const hashOf = (script: string): string => `'sha256-${createHash("sha256").update(script).digest("base64")}'`;

/**
 * Serves one page and its state on 127.0.0.1. Only a browser on this machine with this address gets an answer: a name
 * that resolves to it (DNS rebinding) is another `Host`. Nothing is written.
 * @throws OptionError if the port is taken or not allowed
 */
export async function servePage(html: string, scripts: readonly string[], port = 0): Promise<Served> {
  const policy = [
    "default-src 'none'",
    `script-src ${scripts.map(hashOf).join(" ")}`,
    "style-src 'unsafe-inline'",
    "img-src data:",
    "media-src data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
  const headers = {
    "content-security-policy": policy,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
  };
  let version = 0;
  let asked = 0;
  let taken = false;
  let last = false;
  let body = "";
  let names: readonly string[] = [];
  const send = (answer: ServerResponse, status: number, type: string, text = ""): void => {
    answer.writeHead(status, { ...headers, "content-type": `${type}; charset=utf-8` });
    answer.end(text);
  };
  const state = (answer: ServerResponse, query: string | undefined): void => {
    asked = Date.now();
    if (query === `known=${version}`) {
      send(answer, 204, "text/plain");
      return;
    }
    if (last)
      answer.on("finish", () => {
        taken = true;
      });
    send(answer, 200, "application/json", body);
  };
  const answerTo = (request: IncomingMessage, answer: ServerResponse): void => {
    const [path, query] = (request.url ?? "").split("?");
    if (!names.includes(request.headers.host ?? "")) send(answer, 403, "text/plain", "not this host");
    else if (request.method !== "GET" && request.method !== "HEAD")
      send(answer, 405, "text/plain", "only GET");
    else if (path === "/") send(answer, 200, "text/html", html);
    else if (path === "/state") state(answer, query);
    else send(answer, 404, "text/plain", "there is nothing here");
  };
  const server = createServer({ maxHeaderSize: 2 ** 14, requestTimeout: 10_000 }, answerTo);
  await new Promise<void>((done, fail) => {
    server.once("error", (error: NodeJS.ErrnoException) => fail(cannotListen(error, port)));
    server.listen(port, host, done);
  });
  const own = (server.address() as AddressInfo).port;
  names = [`${host}:${own}`, `localhost:${own}`];
  return {
    url: `http://${host}:${own}/`,
    show(state, isLast) {
      version++;
      last = isLast;
      body = JSON.stringify({ version: String(version), last, state });
    },
    async fetched(most, signal) {
      const until = Date.now() + most;
      // No recent request: nobody waits.
      while (!taken && !signal?.aborted && Date.now() < until && Date.now() - asked < most)
        await new Promise((done) => setTimeout(done, 50));
    },
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function cannotListen(error: NodeJS.ErrnoException, port: number): EngraftError {
  const why =
    error.code === "EADDRINUSE"
      ? "is in use by another program"
      : error.code === "EACCES"
        ? "may not be used by this user"
        : `cannot be used: ${messageOf(error)}`;
  return new EngraftError("OptionError", `port ${port} ${why}`, {
    at: host,
    help: "give another --port, or none: then a free one is taken",
    details: { port, code: error.code },
    cause: error,
  });
}
