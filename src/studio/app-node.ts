// The HTTP interface of `engraft studio`. Every rule of safety is in `guard`, before any route.
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { getCookie, setCookie } from "hono/cookie";
import { streamSSE } from "hono/streaming";
import type * as z from "zod/mini";
import { stopRun, watchRun } from "../api/runs/manage-runs.js";
import { EngraftError, messageOf } from "../core/errors.js";
import { codeOf, fileError } from "../platform/file-errors.js";
import { hashSchema, idSchema } from "./project.js";
import { type ProjectFolders, RequestError } from "./project-folders-node.js";
import {
  appendBody,
  createBody,
  type ErrorBody,
  emptyBody,
  mostJson,
  resumeBody,
  sessionBody,
  startBody,
} from "./protocol.js";
import {
  modelFiles,
  predictionsOf,
  removeTraining,
  reportOf,
  resumeTraining,
  runEntries,
  runFolder,
  startTraining,
} from "./runs-node.js";
import type { SignIn } from "./sign-in-node.js";
import { sendFile, servedFile, serverPage } from "./static-node.js";

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

interface AppOptions {
  readonly folders: ProjectFolders;
  readonly signIn: SignIn;
  /** Port of the server: the cookie and the allowed hosts have it. */
  readonly port: number;
}

/** Returns the server's application. */
export function createApp({ folders, signIn, port }: AppOptions): Hono {
  const app = new Hono();
  const cookie = `engraft_${port}`;
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
  addCommand(app, "/api/session", sessionBody, async (c, { token }) => {
    if (!signIn.exchange(token)) throw signedOut();
    setCookie(c, cookie, signIn.secret, { httpOnly: true, sameSite: "Strict", path: "/" });
  });
  for (const path of ["/api/*", "/runs/*"])
    app.use(path, (c, next) => {
      if (!signIn.knows(getCookie(c, cookie))) throw signedOut();
      if (folders.readOnly && !isReading(c)) throw readOnly();
      return next();
    });
  addProjects(app, folders);
  addRuns(app, folders);
  for (const path of ["/", "/index.html"]) app.get(path, async (c) => c.html(await serverPage()));
  app.get("*", async (c) => {
    const file = await servedFile(addressOf(c));
    if (file === undefined) throw nothingHere();
    return sendFile(c, file);
  });
  app.all("*", () => {
    throw nothingHere();
  });
  return app;
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

const signedOut = () =>
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
const nothingHere = () => new RequestError(404, "there is nothing here", "open the start page");

/** @throws RequestError for an address that is not encoded right */
function addressOf(c: Context): string {
  try {
    return decodeURIComponent(new URL(c.req.url).pathname);
  } catch {
    throw nothingHere();
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
async function bodyOf<T>(c: Context, schema: z.ZodMiniType<T>): Promise<T> {
  const given: unknown = await c.req.json().catch(() => {
    throw new RequestError(400, "the body is no JSON");
  });
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw new RequestError(400, `the body does not fit at "${path.join(".")}": ${message}`);
}

function checked(value: string | undefined, schema: z.ZodMiniType<string>): string {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw nothingHere();
  return parsed.data;
}

const idOf = (c: Context): string => checked(c.req.param("id"), idSchema);
/** Project of a request about a run or a sample. */
const projectId = (c: Context): string => checked(c.req.query("project"), idSchema);

/** Adds a command: a checked body, and an empty answer. */
function addCommand<T>(
  app: Hono,
  path: string,
  schema: z.ZodMiniType<T>,
  execute: (c: Context, body: T) => Promise<unknown>,
): void {
  app.post(path, async (c) => {
    await execute(c, await bodyOf(c, schema));
    return c.json({});
  });
}

function addProjects(app: Hono, folders: ProjectFolders): void {
  app.get("/api/projects", (c) =>
    c.json(
      folders.list().map(({ history: { project }, changed }) => {
        const { id, name, kind, samples } = project;
        return { id, name, kind, samples: samples.length, changed };
      }),
    ),
  );
  addCommand(app, "/api/projects", createBody, (_c, project) => folders.create(project));
  app.get("/api/projects/:id", async (c) => c.json(await folders.log(idOf(c))));
  addCommand(app, "/api/projects/:id/actions", appendBody, (c, { after, actions }) =>
    folders.append(idOf(c), after, actions),
  );
  addCommand(app, "/api/projects/:id/remove", emptyBody, (c) => folders.remove(idOf(c)));
  app.get("/api/samples/:hash", async (c) => {
    const path = await folders.content(projectId(c), checked(c.req.param("hash"), hashSchema));
    return sendFile(c, path, "application/octet-stream");
  });
  app.put("/api/samples/:hash", async (c) => {
    const length = c.req.header("content-length");
    if (length === undefined || !/^\d{1,15}$/.test(length))
      throw new RequestError(411, "the length of the file is missing");
    const body = c.req.raw.body ?? new Blob([]).stream();
    await folders.put(projectId(c), checked(c.req.param("hash"), hashSchema), Number(length), body);
    return c.json({});
  });
}

function addRuns(app: Hono, folders: ProjectFolders): void {
  const project = (c: Context) => folders.of(projectId(c));
  app.get("/api/projects/:id/runs", async (c) => c.json(await runEntries(folders.of(idOf(c)))));
  app.post("/api/projects/:id/runs", async (c) => {
    const { options } = await bodyOf(c, startBody);
    return c.json({ name: await startTraining(folders, folders.of(idOf(c)), options) });
  });
  addCommand(app, "/api/runs/:id/resume", resumeBody, (c, { more }) =>
    resumeTraining(project(c), idOf(c), more),
  );
  addCommand(app, "/api/runs/:id/stop", emptyBody, async (c) =>
    stopRun(await runFolder(project(c), idOf(c))),
  );
  addCommand(app, "/api/runs/:id/remove", emptyBody, (c) => removeTraining(project(c), idOf(c)));
  app.get("/api/runs/:id/events", async (c) => sendEvents(c, await runFolder(project(c), idOf(c))));
  app.get("/api/runs/:id/predictions", async (c) => c.json(await predictionsOf(project(c), idOf(c))));
  app.get("/api/runs/:id/model", async (c) => c.json([...(await modelFiles(project(c), idOf(c))).keys()]));
  app.get("/api/runs/:id/model/:path{.+}", async (c) => {
    const path = (await modelFiles(project(c), idOf(c))).get(c.req.param("path"));
    if (path === undefined) throw nothingHere();
    return sendFile(c, path, "application/octet-stream");
  });
  app.get("/runs/:id/report", async (c) => {
    const lang = c.req.query("lang") === "zh" ? "zh" : "en";
    const { html, policy } = await reportOf(project(c), idOf(c), lang);
    c.header("content-security-policy", policy);
    return c.html(html);
  });
}

/** Sends the events of a run; the id of each is its line. The last one says that nothing follows. */
function sendEvents(c: Context, run: string): Response {
  const after = Number(/^\d{1,9}$/.exec(c.req.header("last-event-id") ?? "")?.[0] ?? 0);
  return streamSSE(c, async (stream) => {
    const gone = new AbortController();
    stream.onAbort(() => gone.abort());
    for await (const { id, event } of watchRun(run, { after, signal: gone.signal }))
      await stream.writeSSE({ id: String(id), data: JSON.stringify(event) });
    await stream.writeSSE({ event: "end", data: "" });
  });
}
