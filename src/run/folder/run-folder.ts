import type { ChosenForms } from "../../autodiff/rules/conv-forms.js";
import { samplePartsFile, sumsInFolder } from "../../bases/model-folder/sample-parts.js";
import { EngraftError } from "../../core/errors.js";
import type { EngraftEvent } from "../../core/events/events.js";
import { newerVersion, requireKnownFormat } from "../../core/newer-version.js";
import { parseJson } from "../../core/parse-json.js";
import type { TaskSource } from "../../data/index.js";
import { isOfMount } from "../../platform/disk/lock-names.js";
import type { Platform } from "../../platform/platform.js";
import type { Checkpoint } from "../../train/epochs/checkpoint.js";
import type { CheckpointStore, Extension } from "../../train/fit.js";
import { removeHalfFiles } from "./half-files.js";
import { manifestFormat, type RunManifest } from "./run-manifest.js";

/** New paths of the inputs of a run. */
export interface Moved {
  readonly data?: string;
  readonly base?: string;
  readonly teacher?: string;
  readonly initFrom?: string;
  /** For several tasks: the location of each one's images. */
  readonly sources?: readonly TaskSource[];
}

/** Limits in bytes. */
const [largestState, largestText] = [2 ** 33, 2 ** 28];
const checkpointEnd = ".safetensors";
/** File of the seconds that a run took until it was interrupted. */
const secondsFile = "seconds.json";

/** Files that a run writes before it has a model, the manifest last. */
const written = [
  ...["state", "tensorboard", "report.html", "insights.json", samplePartsFile, sumsInFolder, "events.jsonl"],
  "run.json",
] as const;

/** Temporary file of a manifest, left by a killed process. */
const halfManifest = /^\.run\.json\.[0-9a-f]+\.tmp$/;

/** A run on disk: manifest, events, checkpoints. One process at a time uses it. */
export class RunFolder {
  private constructor(
    readonly path: string,
    private readonly platform: Platform,
    private current: RunManifest,
    /** True if the folder itself was created for this run. */
    private readonly made: boolean,
  ) {}

  /** Returns the hash of a text, hex. */
  readonly sha256 = (text: string): Promise<string> => this.platform.sha256(text);

  /**
   * Current locations of data, base and other models, and an extension, until data and models are known to be the same: {@link settle}
   * then stores them.
   */
  private moved: Partial<
    Pick<RunManifest, "data" | "options" | "multi_task" | "status" | "command" | "extensions">
  > = {};
  private isComplete = false;
  /** Seconds of the run's earlier processes, and `performance.now()` when this one began. */
  private earlier = 0;
  private begun = performance.now();
  /** True if the run ends where its training would begin. Its folder is then removed. */
  isDry = false;

  get manifest(): RunManifest {
    return { ...this.current, ...this.moved };
  }

  /** Sets new locations of the run's data or models. Nothing is written before {@link settle}. */
  movedTo({ data, sources, ...models }: Moved): void {
    const { options, multi_task } = this.current;
    this.moved = {
      ...this.moved,
      ...(data !== undefined && { data }),
      ...(Object.keys(models).length > 0 && { options: { ...options, ...models } }),
      ...(sources && { data: sources[0]!.path, multi_task: { ...multi_task, sources } }),
    };
  }

  /** Trains a finished run further. Nothing is written before {@link settle}. @param line the command that does so */
  extendBy(more: Extension, line: string): void {
    const { extensions = [], command } = this.current;
    const fields = {
      status: "running",
      command: `${command}\n${line}`,
      extensions: [...extensions, more],
    } as const;
    this.moved = { ...this.moved, ...fields };
  }

  /** Stores the new locations and the extension. Data and models were found to be the same as at the start. */
  async settle(): Promise<void> {
    if (Object.keys(this.moved).length === 0) return;
    const { moved } = this;
    this.moved = {};
    await this.update(moved);
  }

  /**
   * Creates the folder of a new run.
   * @throws RunError if it is not empty
   */
  static async create(platform: Platform, path: string, manifest: RunManifest): Promise<RunFolder> {
    const { files } = platform;
    const there = await files.stat(path);
    if (there && there.kind !== "folder")
      throw new EngraftError("FileError", `"${path}" is a file, a run needs a folder`, {
        help: "give another --out",
      });
    // A run killed while it wrote the first manifest left half of it and nothing else.
    if (there && (await files.list(path)).some(({ name }) => !halfManifest.test(name) && !isOfMount(name))) {
      const other = await files.stat(files.join(path, "run.json"));
      throw new EngraftError("RunError", other ? `"${path}" already holds a run` : `"${path}" is not empty`, {
        help: other
          ? `go on with it by \`engraft train --resume ${path}\`, or give another --out`
          : "give another --out, or empty the folder",
      });
    }
    await files.ensureDir(path);
    const run = new RunFolder(path, platform, manifest, there === undefined);
    try {
      await run.write(manifest);
    } catch (error) {
      await run.discard().catch(() => undefined);
      throw error;
    }
    return run;
  }

  /** @throws RunError if it is no run folder, or its manifest is damaged */
  static async open(platform: Platform, path: string): Promise<RunFolder> {
    const { files } = platform;
    const file = files.join(path, "run.json");
    if (!(await files.stat(file))) {
      const model = await files.stat(files.join(path, "engraft.json"));
      throw new EngraftError("RunError", `"${path}" is not a run folder: it has no run.json`, {
        help: model
          ? "it is a model: load(folder) and `engraft predict` open it; a run is resumed from the folder around it"
          : "give the folder that the run printed (runs/…)",
      });
    }
    let manifest: RunManifest | undefined;
    try {
      const text = new TextDecoder().decode(await files.read(file, { limit: largestText }));
      manifest = parseJson(text) as RunManifest;
    } catch (cause) {
      if (cause instanceof EngraftError) throw cause;
    }
    requireKnownFormat("RunError", manifest?.format, "run.json", file, manifestFormat);
    const { damageOf, unknownTask } = await import("./manifest-damage.js");
    const unknown = unknownTask(manifest);
    if (unknown !== undefined) throw newerVersion("RunError", `the task ${JSON.stringify(unknown)}`, file);
    const why = damageOf(manifest);
    if (!manifest || why !== undefined) {
      throw new EngraftError("RunError", `the run's manifest is damaged: ${why}`, {
        at: file,
        help: "start the run anew with another --out",
        code: "run-damaged",
        details: { path },
      });
    }
    return new RunFolder(path, platform, manifest, false);
  }

  /** Removes the half-written files that a killed process left, those of checkpoints included. */
  async removeHalfWritten(): Promise<void> {
    for (const folder of [this.path, this.file("state")]) await removeHalfFiles(this.platform, folder);
  }

  /**
   * Checks that the folder is still at its path. Otherwise a write would create it anew, with half of the run.
   * @throws RunError if it was moved or removed
   */
  async requireInPlace(): Promise<void> {
    if (await this.platform.files.stat(this.file("run.json"))) return;
    throw new EngraftError("RunError", `the run folder "${this.path}" was moved or removed during the run`, {
      help: "if it was moved, resume it there: engraft train --resume FOLDER",
    });
  }

  /** Writes some fields of the manifest. @throws RunError as {@link requireInPlace} */
  async update(fields: Partial<RunManifest>): Promise<void> {
    await this.requireInPlace();
    await this.write({ ...this.current, ...fields });
  }

  /** Stores the result of a run whose model and report are written. What follows may still change the report. */
  async complete(result: EngraftEvent): Promise<void> {
    await this.update({ result });
    this.isComplete = true;
  }

  /** Marks a complete run as done. This is the last write of a run: whoever reads "done" finds everything. */
  async finish(): Promise<void> {
    if (this.isComplete) await this.update({ status: "done" });
  }

  private async write(manifest: RunManifest): Promise<void> {
    this.current = manifest;
    await this.platform.files.writeAtomic(
      this.file("run.json"),
      `${JSON.stringify(manifest, undefined, 2)}\n`,
    );
  }

  file(...parts: string[]): string {
    return this.platform.files.join(this.path, ...parts);
  }

  /** Appends an event to the record. A killed process may have left half a line: then a new line begins. */
  async event(event: EngraftEvent): Promise<void> {
    await this.requireInPlace();
    const { files } = this.platform;
    const path = this.file("events.jsonl");
    let begin = "";
    if (event.event === "start" && (await files.stat(path))) {
      if ((await files.read(path, { limit: largestText })).at(-1) !== 0x0a) begin = "\n";
    }
    await files.append(path, new TextEncoder().encode(`${begin}${JSON.stringify(event)}\n`));
  }

  /** Writes a small file to the folder of the checkpoints. */
  async writeState(name: string, text: string): Promise<void> {
    await this.requireInPlace();
    await this.platform.files.ensureDir(this.file("state"));
    await this.platform.files.writeAtomic(this.file("state", name), text);
  }

  /** Reads a file of {@link writeState}; undefined if it is missing or damaged. */
  async readState(name: string): Promise<unknown> {
    try {
      return parseJson(
        new TextDecoder().decode(
          await this.platform.files.read(this.file("state", name), { limit: largestText }),
        ),
      );
    } catch {
      return undefined;
    }
  }

  /** Begins to count the seconds of a process, or of a further attempt. */
  async beginClock(): Promise<void> {
    const { seconds } = (this.current.result ?? {}) as { readonly seconds?: { readonly total?: number } };
    const saved = Number(await this.readState(secondsFile)) || 0;
    this.earlier = Math.max(saved, seconds?.total ?? 0);
    this.begun = performance.now();
  }

  /** Stores the seconds so far for the process that resumes the run. */
  async saveClock(): Promise<void> {
    await this.writeState(secondsFile, `${this.secondsSince(this.begun)}\n`);
  }

  /** Returns the seconds since `begin`, a value of `performance.now()`, and those of the run's earlier processes. */
  secondsSince(begin: number): number {
    return this.earlier + (performance.now() - begin) / 1000;
  }

  /** Returns the seconds since this process began to work on the run. */
  secondsOfProcess(): number {
    return (performance.now() - this.begun) / 1000;
  }

  /** @throws RunError if the stored choice is unreadable: other forms would change the last bits */
  private async chosenForms(name: string): Promise<ChosenForms | undefined> {
    const at = this.file("state", name);
    if (!(await this.platform.files.stat(at))) return undefined;
    const forms = await this.readState(name);
    if (typeof forms === "object" && forms !== null && !Array.isArray(forms)) return forms as ChosenForms;
    throw new EngraftError("RunError", "the note of which forms of gradients a training chose is damaged", {
      at,
      help: "remove the file: the forms are chosen again, and the last bits of the training may be others",
    });
  }

  /** True if a resumed run would not start from the beginning: there is a checkpoint or a model. */
  async isWorthKeeping(): Promise<boolean> {
    const { files } = this.platform;
    if (await files.stat(this.file("model"))) return true;
    const state = this.file("state");
    return Boolean(
      (await files.stat(state)) && (await files.list(state)).some((e) => e.name.endsWith(checkpointEnd)),
    );
  }

  /**
   * Removes what this run wrote, so that the corrected command finds its folder empty. The manifest is removed last:
   * until then the run can be resumed.
   */
  async discard(): Promise<void> {
    const { files } = this.platform;
    for (const name of written) await files.remove(this.file(name));
    if (this.made && (await files.list(this.path)).length === 0) await files.remove(this.path);
  }

  /** Returns the checkpoint of a stage; undefined if it would disappear with the process. */
  store(stage: string): CheckpointStore | undefined {
    const { files } = this.platform;
    if (files.isVolatile?.(this.path)) return undefined;
    const path = this.file("state", `${stage}${checkpointEnd}`);
    return {
      async load(): Promise<Checkpoint | undefined> {
        if (!(await files.stat(path))) return undefined;
        const { decodeCheckpoint } = await checkpointFormat();
        return decodeCheckpoint(await files.read(path, { limit: largestState }), path);
      },
      save: async (checkpoint) => {
        const { encodeCheckpoint } = await checkpointFormat();
        await this.requireInPlace();
        await files.ensureDir(this.file("state"));
        await files.writeAtomic(path, encodeCheckpoint(checkpoint));
        await this.saveClock();
      },
      forms: {
        load: () => this.chosenForms(`${stage}.forms.json`),
        save: (forms) => this.writeState(`${stage}.forms.json`, JSON.stringify(forms)),
      },
    };
  }
}

// Loaded when a stage trains: a solved head has no checkpoint.
const checkpointFormat = () => import("../../train/epochs/checkpoint.js");

/** Returns runs/2026-01-31-flowers, or …-2, -3 if that exists. */
export async function freeRunPath(platform: Platform, data: string): Promise<string> {
  const { files } = platform;
  const today = new Date().toISOString().slice(0, 10);
  const name =
    data
      .split(/[\\/]/)
      .filter(Boolean)
      .at(-1)
      ?.replace(/[^\p{L}\p{N}._-]+/gu, "-") ?? "run";
  for (let n = 1; ; n++) {
    const path = files.resolve("runs", `${today}-${name}${n === 1 ? "" : `-${n}`}`);
    if (!(await files.stat(path))) return path;
  }
}
