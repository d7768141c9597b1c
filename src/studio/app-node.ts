// The HTTP interface of `engraft studio`.
import { type Context, Hono } from "hono";
import { streamSSE } from "hono/streaming";
import type * as z from "zod/mini";
import { watchRun } from "../api/runs/manage-runs.js";
import { pause } from "../core/pause.js";
import {
  type AppOptions,
  addGuards,
  addressOf,
  bodyOf,
  keyOf,
  notFound,
  parseParameter,
  signedOut,
} from "./guards-node.js";
import { hashSchema, idSchema } from "./project.js";
import { RequestError } from "./project-folders-node.js";
import { appendBody, createBody, emptyBody, resumeBody, startBody } from "./protocol.js";
import {
  modelFiles,
  predictionsOf,
  removeProject,
  removeTraining,
  reportOf,
  resumeTraining,
  runEntries,
  runFolder,
  startTraining,
  stopTraining,
} from "./runs-node.js";
import { sendFile, servedFile, serverPage } from "./static-node.js";

/** Pause between two looks whether a training still waits (ms). */
const between = 200;

/** Returns the server's application. */
export function createApp(options: AppOptions): Hono {
  const app = new Hono();
  addGuards(app, options);
  addProjects(app, options);
  addRuns(app, options);
  for (const path of ["/", "/index.html"]) app.get(path, async (c) => c.html(await serverPage()));
  app.get("*", async (c) => {
    const file = await servedFile(addressOf(c));
    if (file === undefined) throw notFound();
    return sendFile(c, file);
  });
  app.all("*", () => {
    throw notFound();
  });
  return app;
}

const idOf = (c: Context): string => parseParameter(c.req.param("id"), idSchema);
/** Project of a request about a run or a sample. */
const projectId = (c: Context): string => parseParameter(c.req.query("project"), idSchema);

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

function addProjects(app: Hono, { folders, line }: AppOptions): void {
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
  addCommand(app, "/api/projects/:id/remove", emptyBody, (c) => removeProject(line, folders, idOf(c)));
  app.get("/api/samples/:hash", async (c) => {
    const path = await folders.content(projectId(c), parseParameter(c.req.param("hash"), hashSchema));
    return sendFile(c, path, "application/octet-stream");
  });
  app.put("/api/samples/:hash", async (c) => {
    const length = c.req.header("content-length");
    if (length === undefined || !/^\d{1,15}$/.test(length))
      throw new RequestError(411, "the length of the file is missing");
    const body = c.req.raw.body ?? new Blob([]).stream();
    await folders.put(projectId(c), parseParameter(c.req.param("hash"), hashSchema), Number(length), body);
    return c.json({});
  });
}

function addRuns(app: Hono, { folders, signIn, line }: AppOptions): void {
  const project = (c: Context) => folders.of(projectId(c));
  app.get("/api/projects/:id/runs", async (c) => c.json(await runEntries(folders.of(idOf(c)), line)));
  app.post("/api/projects/:id/runs", async (c) => {
    const { options } = await bodyOf(c, startBody);
    return c.json({ name: await startTraining(line, folders, folders.of(idOf(c)), options) });
  });
  addCommand(app, "/api/runs/:id/resume", resumeBody, (c, { more }) =>
    resumeTraining(line, project(c), idOf(c), more),
  );
  addCommand(app, "/api/runs/:id/stop", emptyBody, (c) => stopTraining(line, project(c), idOf(c)));
  addCommand(app, "/api/runs/:id/remove", emptyBody, (c) => removeTraining(line, project(c), idOf(c)));
  app.get("/api/runs/:id/events", async (c) => {
    const key = keyOf(c);
    while (line.waits(project(c), idOf(c)) && !c.req.raw.signal.aborted) await pause(between);
    return sendEvents(c, await runFolder(project(c), idOf(c)), () => signIn.use(key) !== undefined);
  });
  app.get("/api/runs/:id/predictions", async (c) => c.json(await predictionsOf(project(c), idOf(c))));
  app.get("/api/runs/:id/model", async (c) => c.json([...(await modelFiles(project(c), idOf(c))).keys()]));
  app.get("/api/runs/:id/model/:path{.+}", async (c) => {
    const path = (await modelFiles(project(c), idOf(c))).get(c.req.param("path"));
    if (path === undefined) throw notFound();
    return sendFile(c, path, "application/octet-stream");
  });
  app.get("/runs/:id/report", async (c) => {
    const key = c.req.query("key") ?? "";
    if (!(await signIn.opensReport(key, projectId(c), idOf(c)))) throw signedOut();
    const lang = c.req.query("lang") === "zh" ? "zh" : "en";
    const { html, policy } = await reportOf(project(c), idOf(c), lang);
    c.header("content-security-policy", policy);
    return c.html(html);
  });
}

/**
 * Sends the events of a run; the id of each is its line. The last one says that nothing follows.
 * @param isSignedIn false when the browser was signed out meanwhile
 */
function sendEvents(c: Context, run: string, isSignedIn: () => boolean): Response {
  const after = Number(/^\d{1,9}$/.exec(c.req.header("last-event-id") ?? "")?.[0] ?? 0);
  return streamSSE(c, async (stream) => {
    const gone = new AbortController();
    stream.onAbort(() => gone.abort());
    try {
      for await (const { id, event } of watchRun(run, { after, signal: gone.signal })) {
        if (!isSignedIn()) break;
        await stream.writeSSE({ id: String(id), data: JSON.stringify(event) });
      }
    } catch {
      // The run was removed or damaged meanwhile: the list of runs says so.
    }
    await stream.writeSSE({ event: "end", data: "" });
  });
}
