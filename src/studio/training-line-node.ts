// Trainings of a studio run one after the other: each uses all cores of the machine.
import { listRuns } from "../api/runs/manage-runs.js";
import type { ErrorEvent } from "../core/events/events.js";
import { nodePlatform } from "../platform/node.js";
import { encodeError } from "../runtime/protocol.js";
import type { PlacedProject, ProjectFolders } from "./project-folders-node.js";
import { trainingFolder } from "./training-data-node.js";

const { files } = nodePlatform;

/** Pause between two looks at the running training (ms). */
const between = 1000;

/** A training that is to start. */
export interface PlannedTraining {
  readonly project: PlacedProject;
  /** Name of the run. */
  readonly name: string;
  /** Its folder. */
  readonly run: string;
  /** ISO 8601 */
  readonly since: string;
  readonly strategy?: string | undefined;
  /** False for a run that is resumed: it has a folder already. */
  readonly isNew: boolean;
  readonly start: () => Promise<unknown>;
}

/** A training that waits, or that could not start when its turn came. */
export interface WaitingTraining extends Pick<PlannedTraining, "name" | "since" | "strategy" | "isNew"> {
  /** Trainings before it. */
  readonly ahead: number;
  readonly error?: Pick<ErrorEvent, "message" | "help" | "code" | "details">;
}

/** The waiting trainings of a studio, in the order in which they start. They end with the studio. */
export class TrainingLine {
  #waiting: PlannedTraining[] = [];
  #starting: PlannedTraining | undefined;
  /** Trainings that could not start, with the reason. */
  readonly #failed = new Map<PlannedTraining, WaitingTraining["error"]>();
  /** Folders of runs that may still train. */
  readonly #running = new Set<string>();
  #turn: Promise<unknown> = Promise.resolve();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  /** Finds the trainings that an earlier server of the folder has started. */
  async find(folders: ProjectFolders): Promise<void> {
    for (const { folder, runs } of folders.list())
      for (const { run, status } of await listRuns(runs)) {
        const name = files.relative(runs, run);
        if (status === "running" && (await files.stat(trainingFolder(folder, name)))) this.#running.add(run);
      }
  }

  /** Starts a training, or lets it wait for those before it. @throws EngraftError if it starts now, and cannot */
  add(planned: PlannedTraining): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#waiting.length > 0 || (await this.#isBusy())) {
        this.#waiting.push(planned);
        this.#look();
      } else await this.#start(planned);
    });
  }

  /** Returns the trainings of a project that wait or could not start, the newest first. */
  of(project: PlacedProject): WaitingTraining[] {
    const shown = (
      { name, since, strategy, isNew }: PlannedTraining,
      more: Pick<WaitingTraining, "ahead" | "error">,
    ) => ({ name, since, strategy, isNew, ...more });
    const own = (one: PlannedTraining): boolean => one.project.folder === project.folder;
    // The one that starts now counts as the first that waits, until its run is there.
    const before = this.#running.size - (this.#starting ? 1 : 0);
    const waiting = this.#waiting.map((one, i) => ({ one, ahead: before + i }));
    return [
      ...[...this.#failed]
        .filter(([one]) => own(one))
        .map(([one, error]) => shown(one, { ahead: 0, ...(error && { error }) })),
      ...waiting.filter(({ one }) => own(one)).map(({ one, ahead }) => shown(one, { ahead })),
    ].reverse();
  }

  /** True for a training that has not started yet. */
  waits(project: PlacedProject, name: string): boolean {
    return this.of(project).some((one) => one.name === name && one.error === undefined);
  }

  /** Takes a training out of the line. @param name of its run; missing for all of the project @returns false if it does not wait */
  async cancel(project: PlacedProject, name?: string): Promise<boolean> {
    const isMeant = (one: PlannedTraining): boolean =>
      one.project.folder === project.folder &&
      (name === undefined || one.name === name) &&
      one !== this.#starting;
    const meant = [...this.#waiting, ...this.#failed.keys()].filter(isMeant);
    this.#waiting = this.#waiting.filter((one) => !isMeant(one));
    for (const one of meant) {
      this.#failed.delete(one);
      if (one.isNew) await files.remove(trainingFolder(project.folder, one.name));
    }
    return meant.length > 0;
  }

  /** Ends the line: what waits does not start, and its data are removed. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#turn;
    for (const { project, name } of [...this.#waiting]) await this.cancel(project, name);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }

  async #isBusy(): Promise<boolean> {
    for (const run of this.#running) if ((await files.lockState?.(run)) !== "held") this.#running.delete(run);
    return this.#running.size > 0;
  }

  async #start(planned: PlannedTraining): Promise<void> {
    this.#running.add(planned.run);
    try {
      await planned.start();
    } catch (error) {
      this.#running.delete(planned.run);
      throw error;
    }
  }

  /** Looks from time to time whether the next training can start. */
  #look(): void {
    clearTimeout(this.#timer);
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => void this.#inTurn(() => this.#next()), between);
    this.#timer.unref();
  }

  async #next(): Promise<void> {
    if (this.#waiting.length > 0 && !(await this.#isBusy()) && !this.#isClosed) {
      const next = this.#waiting[0]!;
      this.#starting = next;
      await this.#start(next).catch((error) => this.#failed.set(next, encodeError(error)));
      this.#starting = undefined;
      this.#waiting = this.#waiting.filter((one) => one !== next);
    }
    if (this.#waiting.length > 0) this.#look();
  }
}
