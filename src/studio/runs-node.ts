// Runs of a project: processes of their own, known by the folder that they write.
import { createHash } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { basename } from "node:path";
import { report } from "../api/report.js";
import { listRuns, type RunInfo, removeRun, stopRun } from "../api/runs/manage-runs.js";
import { startResume, startRun } from "../api/runs/start-run-node.js";
import { catalog } from "../bases/catalog.js";
import { EngraftError } from "../core/errors.js";
import type { TrainResultEvent } from "../core/events/events.js";
import { codeOf, fileError } from "../platform/file-errors.js";
import { nodePlatform } from "../platform/node.js";
import type { Lang } from "../report/words/langs.js";
import type { RunKind } from "../run/folder/run-kinds.js";
import { readPredictions } from "../run/test-predictions.js";
import { pathInside } from "./path-inside-node.js";
import { idSchema, type OptionValue } from "./project.js";
import { type PlacedProject, type ProjectFolders, RequestError } from "./project-folders-node.js";
import { kindOfTask } from "./project-kinds.js";
import { groupOption } from "./project-rows.js";
import { sampleIds, trainingFolder, writeBase, writeTrainingData } from "./training-data-node.js";
import type { TrainingLine, WaitingTraining } from "./training-line-node.js";

const { files } = nodePlatform;
const { join } = files;

/** Returns the id of a run: the name of its folder, or a hash of it. */
export const runId = (path: string): string => {
  const name = basename(path);
  return idSchema.safeParse(name).success
    ? name
    : `run-${createHash("sha256").update(name).digest("hex").slice(0, 32)}`;
};

/** Commands whose runs the page shows. */
export const shownCommands: readonly RunKind[] = ["train", "distill", "extend"];

/** Returns the runs of a project as the page shows them. In a folder of runs of the terminal they have names, and may be of other kinds. */
export async function runEntries(project: PlacedProject, line: TrainingLine) {
  const { runs, folder, history } = project;
  const isShared = runs !== join(folder, "runs");
  const { kind } = history.project;
  const infos = (await listRuns(runs)).filter(({ command = "train" }) => shownCommands.includes(command));
  const entries = infos.flatMap(({ run, status, error, started = "", result }: RunInfo) => {
    const { task, strategy } = (result as TrainResultEvent | undefined) ?? {};
    if (isShared && task !== undefined && kindOfTask(task) !== kind) return [];
    const title = isShared ? basename(run) : undefined;
    return [{ name: runId(run), title, status, error, started, result, strategy: strategy?.name }];
  });
  const planned = line.of(project);
  const statusOf = ({ error, isNew, ahead }: WaitingTraining) =>
    error === undefined
      ? { status: "waiting" as const, ahead }
      : { ...(isNew && { status: "damaged" as const }), error };
  const isKnown = new Set(entries.map(({ name }) => name));
  return [
    ...planned
      .filter(({ name }) => !isKnown.has(name))
      .map((one) => ({
        name: one.name,
        started: one.since,
        strategy: one.strategy,
        status: "waiting" as const,
        ...statusOf(one),
      })),
    ...entries.map((entry) => {
      const one = planned.find(({ name }) => name === entry.name);
      return one ? { ...entry, ...statusOf(one) } : entry;
    }),
  ];
}

/** Returns the folder of a run. Links that lead out of the folder of runs are refused. */
export async function runFolder({ runs }: PlacedProject, id: string): Promise<string> {
  const inside = (await files.stat(runs)) ? await files.list(runs) : [];
  const name = inside.find(({ name, kind }) => kind === "folder" && runId(name) === id)?.name;
  if (name === undefined || !(await files.stat(join(runs, name, "run.json"))))
    throw new RequestError(404, "there is no such run", "look at the list of runs", {
      code: "run-missing",
      details: {},
    });
  return join(runs, name);
}

/** Starts a training in a process of its own, or lets it wait for the one before it. @returns its id */
export async function startTraining(
  line: TrainingLine,
  folders: ProjectFolders,
  project: PlacedProject,
  options: Readonly<Record<string, OptionValue>>,
): Promise<string> {
  refusePaths(options);
  const since = new Date().toISOString();
  const name = await freeName(project, since.slice(0, 19).replace("T", "-").replaceAll(":", ""));
  const run = join(project.runs, name);
  try {
    const data = await writeTrainingData(folders, project, name);
    const base = await writeBase(folders, project, name);
    const { project: shown } = project.history;
    // A folder of the user is read as in the terminal.
    const isPlaced = shown.samples.some((sample) => folders.placedFile(project, sample) !== undefined);
    const given = {
      ...(!isPlaced && groupOption(shown)),
      ...options,
      ...(base !== undefined && { base }),
      out: run,
    };
    const strategy = typeof options.strategy === "string" ? options.strategy : undefined;
    await line.add({ project, name, run, since, strategy, isNew: true, start: () => startRun(data, given) });
  } catch (error) {
    if (!(await files.stat(run))) await files.remove(trainingFolder(project.folder, name));
    throw error;
  }
  return name;
}

/** Makes the folder of the data of a new run. @returns the name of the run: a time that no other run has */
async function freeName(project: PlacedProject, time: string): Promise<string> {
  for (let n = 1; ; n++) {
    const name = n === 1 ? time : `${time}-${n}`;
    const folder = trainingFolder(project.folder, name);
    await files.ensureDir(files.dirname(folder));
    const isFree = await mkdir(folder).then(
      () => true,
      (error) => {
        if (codeOf(error) !== "EEXIST") throw fileError("create the folder", folder, error);
        return false;
      },
    );
    if (isFree && !(await files.stat(join(project.runs, name)))) return name;
    if (isFree) await files.remove(folder);
  }
}

/** Options whose values are files, whatever their form. */
const fileOptions = ["out", "data", "resume", "test", "with", "initFrom", "teacher", "template"];
const isName = (base: string): boolean => base.startsWith("hf:") || catalog.some(({ name }) => name === base);

/** @throws EngraftError for an option that names a file: the page gives no paths */
function refusePaths(options: Readonly<Record<string, OptionValue>>): void {
  for (const [name, value] of Object.entries(options)) {
    const values = [value].flat().map(String);
    const isPath = name === "base" ? !values.every(isName) : values.some((one) => /[\\/]/.test(one));
    if (isPath || fileOptions.includes(name))
      throw new EngraftError("OptionError", `${name} cannot be ${JSON.stringify(value)} in the studio`, {
        help: "train with a file as an option in the terminal: engraft train",
        code: "option-path",
        details: { option: name },
      });
  }
}

/** Resumes a training, or lets it wait for the one before it. */
export async function resumeTraining(
  line: TrainingLine,
  project: PlacedProject,
  id: string,
  more?: string,
): Promise<void> {
  const run = await runFolder(project, id);
  await line.cancel(project, id);
  const start = () => startResume(run, more === undefined ? {} : { more });
  await line.add({ project, name: id, run, since: new Date().toISOString(), isNew: false, start });
}

/** Stops a training, which saves its state first; one that waits does not start. */
export async function stopTraining(line: TrainingLine, project: PlacedProject, id: string): Promise<void> {
  if (!(await line.cancel(project, id))) await stopRun(await runFolder(project, id));
}

export async function removeTraining(line: TrainingLine, project: PlacedProject, id: string): Promise<void> {
  const isPlanned = await line.cancel(project, id);
  const run = await runFolder(project, id).catch((error) => {
    if (!isPlanned) throw error;
    return undefined;
  });
  if (run === undefined) return;
  await removeRun(run);
  await files.remove(trainingFolder(project.folder, id));
  for (const lang of ["en", "zh"]) await files.remove(reportPath(project, id, lang));
}

/** Stops the trainings of a project, then removes it. They would train on without a folder. */
export async function removeProject(line: TrainingLine, folders: ProjectFolders, id: string): Promise<void> {
  const project = folders.of(id);
  const { runs, folder } = project;
  await line.cancel(project);
  const own = runs === join(folder, "runs") ? await listRuns(runs) : [];
  for (const { run, status } of own) if (status === "running") await stopRun(run);
  await folders.remove(id);
}

const reportPath = ({ folder }: PlacedProject, id: string, lang: string): string =>
  join(folder, "reports", `${id}-${lang}.html`);

/** Returns the report of a run with the policy that it needs. */
export async function reportOf(project: PlacedProject, id: string, lang: Lang) {
  const out = reportPath(project, id, lang);
  await report(await runFolder(project, id), { lang, out });
  const html = new TextDecoder().decode(await files.read(out));
  const scripts = [...html.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)].map(([, text]) => hashOf(text!));
  const policy = [
    "default-src 'none'",
    `script-src ${scripts.join(" ") || "'none'"}`,
    // Its charts have values in style attributes.
    "style-src 'unsafe-inline'",
    "img-src data:",
    "media-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
    "sandbox allow-scripts",
  ].join("; ");
  return { html, policy };
}

const hashOf = (script: string): string => `'sha256-${createHash("sha256").update(script).digest("base64")}'`;

/** Returns the predictions of the test samples that a run has recorded, with the ids of the samples that are known. */
export async function predictionsOf(project: PlacedProject, id: string) {
  const run = await runFolder(project, id);
  const sampleOf = await sampleIds(project.folder, id);
  const predictions = (await readPredictions(run)) ?? [];
  return predictions.map((one) => ({ ...one, id: sampleOf(one.item) }));
}

/** Returns the files of the model of a finished run, by path in its model folder. */
export async function modelFiles(project: PlacedProject, id: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const run = await runFolder(project, id);
  const model = await pathInside(run, join(run, "model"));
  const walk = async (folder: string, below: string): Promise<void> => {
    for (const { name, kind } of await files.list(folder))
      if (kind === "folder") await walk(join(folder, name), `${below}${name}/`);
      else if (kind === "file") found.set(`${below}${name}`, join(folder, name));
  };
  if (model === undefined)
    throw new RequestError(404, "this run has no model yet", "wait until it is done, or resume it", {
      code: "model-missing",
      details: {},
    });
  await walk(model, "");
  return found;
}
