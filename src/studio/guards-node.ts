// Security checks of `engraft studio`: every request passes them before any route.
import type { Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type * as z from "zod/mini";
import { EngraftError, messageOf } from "../core/errors.js";
import { codeOf, fileError } from "../platform/file-errors.js";
import { type ProjectFolders, RequestError } from "./project-folders-node.js";
import { type ErrorBody, emptyBody, endBody, mostJson, sessionBody } from "./protocol.js";
import type { SignIn } from "./sign-in-node.js";
import type { TrainingLine } from "./training-line-node.js";

/** Policy of the page. The library compiles WebAssembly, and its workers start from this host or from a blob. */
const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "media-src 'self' blob:",
  "connect-src 'self' blob: data:",
  "frame-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const headers = {
  "content-security-policy": policy,
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "permissions-policy":
    "camera=(self), microphone=(self), screen-wake-lock=(self), geolocation=(), payment=(), usb=()",
} as const;

export interface AppOptions {
  readonly folders: ProjectFolders;
  readonly signIn: SignIn;
  readonly line: TrainingLine;
  /** Port of the server: the allowed hosts have it. */
  readonly port: number;
}

/** Adds the checks of every request, the sign-in, and the answers to errors. */
export function addGuards(app: Hono, { folders, signIn, port }: AppOptions): void {
  app.onError((error, c) => {
    const { status, body } = answerOf(error, folders.options.root);
    return c.json(body, status);
  });
  app.use("*", async (c, next) => {
    await next();
    for (const [name, value] of Object.entries(headers))
      if (!c.res.headers.has(name)) c.res.headers.set(name, value);
  });
  app.use("*", (c, next) => {
    guard(c, port);
    return next();
  });
  app.use("*", (c, next) => (isBytes(c) ? next() : limitJson(c, next)));
  app.post("/api/session", async (c) => {
    const { token } = await bodyOf(c, sessionBody);
    const key = signIn.exchange(token, c.req.header("user-agent"));
    if (key === undefined) throw signedOut();
    return c.json({ key });
  });
  app.use("/api/*", (c, next) => {
    if (signIn.use(keyOf(c)) === undefined) throw signedOut();
    if (folders.readOnly && !isReading(c) && !c.req.path.startsWith("/api/sessions")) throw readOnly();
    return next();
  });
  addSessions(app, signIn);
}

/** Key of a browser that is signed in. */
export const keyOf = (c: Context): string | undefined =>
  /^Bearer ([\w-]{43})$/.exec(c.req.header("authorization") ?? "")?.[1];

/** Adds the list of the browsers that are signed in, and how to end and to add one. */
function addSessions(app: Hono, signIn: SignIn): void {
  app.get("/api/sessions", (c) => c.json(signIn.list(signIn.use(keyOf(c)))));
  app.post("/api/sessions/end", async (c) => {
    signIn.end((await bodyOf(c, endBody)).id);
    return c.json({});
  });
  app.post("/api/sessions/token", async (c) => {
    await bodyOf(c, emptyBody);
    return c.json({ token: signIn.invite() });
  });
}

/** Refuses requests of other pages, and bodies of a wrong kind. */
function guard(c: Context, port: number): void {
  const host = c.req.header("host") ?? "";
  if (![`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`].includes(host))
    throw new RequestError(
      421,
      "this host name is not the studio",
      "open the address that the terminal prints",
    );
  if (isReading(c)) return;
  if (c.req.header("origin") !== `http://${host}`)
    throw new RequestError(403, "only the page of the studio may change anything");
  const type = (c.req.header("content-type") ?? "").split(";")[0]!.trim().toLowerCase();
  const allowed = isBytes(c) ? "application/octet-stream" : "application/json";
  if (type !== allowed) throw new RequestError(415, `the body must be ${allowed}`);
}

const isReading = (c: Context): boolean => c.req.method === "GET" || c.req.method === "HEAD";
const isBytes = (c: Context): boolean => c.req.method === "PUT" && c.req.path.startsWith("/api/samples/");

const limitJson = bodyLimit({
  maxSize: mostJson,
  onError: () => {
    throw new RequestError(
      413,
      `a request has at most ${mostJson} bytes`,
      "make the change in smaller steps",
    );
  },
});

export const signedOut = () =>
  new RequestError(
    401,
    "this browser is not signed in to the studio",
    "Open the address that the terminal prints.",
  );
const readOnly = () =>
  new RequestError(
    409,
    "another studio has this folder open: nothing can be changed here",
    "close the other studio, then start this one again",
    { code: "project-open", details: {} },
  );
export const notFound = () => new RequestError(404, "there is nothing here", "open the start page");

/** @throws RequestError for an address that is not encoded right */
export function addressOf(c: Context): string {
  try {
    return decodeURIComponent(new URL(c.req.url).pathname);
  } catch {
    throw notFound();
  }
}

function answerOf(
  error: unknown,
  root: string,
): {
  readonly status: RequestError["status"] | 500;
  readonly body: ErrorBody;
} {
  // A full disk reaches this place as the error of a stream, which has no path.
  const { path = root } = error as { readonly path?: string };
  const known = codeOf(error) === undefined ? error : fileError("use", path, error);
  if (!(known instanceof EngraftError))
    return {
      status: 500,
      body: {
        kind: "InternalError",
        message: messageOf(error),
        help: "please report it: this is a mistake in Engraft",
      },
    };
  const { kind, message, help, at, code, details } = known;
  const status = known instanceof RequestError ? known.status : kind === "InternalError" ? 500 : 400;
  return {
    status,
    body: {
      ...{ kind, message },
      ...(help !== undefined && { help }),
      ...(at !== undefined && { at }),
      ...(code !== undefined && { code, details }),
    },
  };
}

/** Returns the checked JSON body of a request. @throws RequestError for another one */
export async function bodyOf<T>(c: Context, schema: z.ZodMiniType<T>): Promise<T> {
  const given: unknown = await c.req.json().catch(() => {
    throw new RequestError(400, "the body is no JSON");
  });
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw new RequestError(400, `the body does not fit at "${path.join(".")}": ${message}`);
}

/** Returns a parameter of an address. @throws RequestError for a value that does not fit */
export function parseParameter(value: string | undefined, schema: z.ZodMiniType<string>): string {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw notFound();
  return parsed.data;
}
