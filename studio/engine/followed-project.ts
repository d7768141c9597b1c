import { batch } from "@preact/signals";
import type { Project } from "../../src/studio/project.js";
import { sampleKindFacts } from "../../src/studio/project-kinds.js";
import type { Connection, ModelFile, WebSample, WebSampleInput, WebSession } from "../../src/web/index.js";
import type { Store } from "../store/store.js";
import { loadWeb, ort } from "../store/web.js";
import { type LiveState, type LiveStatus, noFindings } from "./live-state.js";
import { samplesNeeded } from "./needed.js";
import type { Predictor } from "./predictor.js";
import { interleaveClasses, isSame, type ProjectSample, samplesById } from "./project-samples.js";

/** Samples of one call of `add`. */
const mostAdded = 32;
/** A fit waits this long for further changes, in milliseconds. */
const quiet = 150;
/** While changes or samples still come, a fit starts at least this often, in milliseconds. */
const longestWait = 1000;
/** Such fits take at most this part of the time, one in so many: a fit of thousands of samples takes seconds. */
const parts = 5;

/** A sample that was sent to the session: learned, a copy `of` another sample, or unreadable (`error`). */
interface Known extends ProjectSample {
  readonly of?: string | undefined;
  readonly error?: unknown;
}

/** The live session of one project: it gets the samples as they change, and fits after a pause. */
export class FollowedProject {
  #connection: Connection | undefined;
  #session: WebSession | undefined;
  readonly #known = new Map<string, Known>();
  /** The project that the session was compared with. */
  #compared: Project | undefined;
  /** Its samples that the session does not have. */
  #missing: ProjectSample[] = [];
  #isChanged = false;
  #isRunning = false;
  #running: Promise<void> = Promise.resolve();
  #isClosed = false;
  /** True if the samples differ from those of the last fit. */
  #isStale = false;
  /** The next fit that does not wait for the end of the changes. */
  #nextFit = 0;

  constructor(
    readonly id: string,
    readonly store: Store,
    readonly state: LiveState,
  ) {}

  /** Follows the newest project. A change while a fit runs leads to one more fit. */
  changed(): void {
    this.#isChanged = true;
    if (!this.#isRunning && !this.#isClosed) this.#running = this.#run();
  }

  close(): void {
    this.#isClosed = true;
    this.#connection?.close();
  }

  /** Returns the files of the model. Waits until the model has learnt all samples. */
  async save(): Promise<readonly ModelFile[] | undefined> {
    await this.#running;
    const name = `quick-${this.id}`;
    const files = await this.#session?.save(name);
    await this.#connection?.removeRun(name);
    return files;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    try {
      while ((this.#isChanged || this.#isStale) && !this.#isClosed) {
        this.#isChanged = false;
        await this.#learn();
        if (!this.#isStale) continue;
        await new Promise((done) => setTimeout(done, quiet));
        const isMore = this.#isChanged || this.store.adding.peek().total > 0;
        if (!isMore || performance.now() > this.#nextFit) await this.#fit();
      }
      this.#tell("idle");
    } catch (error) {
      this.#tell("failed", error);
      this.close();
    } finally {
      this.#isRunning = false;
    }
  }

  /** Removes and adds samples until the session has those of the project. */
  async #learn(): Promise<void> {
    const facts = sampleKindFacts(this.store.project.peek()?.kind ?? "");
    if (!facts) return;
    while (!this.#isClosed) {
      const project = this.store.project.peek();
      if (project !== this.#compared) await this.#compare(project);
      const some = this.#missing.splice(0, mostAdded);
      if (some.length === 0) break;
      await this.#open(facts.base);
      this.#tell("features", undefined, project?.samples.length);
      await this.#add(await this.#read(some));
      const isMore = this.#missing.length > 0;
      if (isMore && this.#isStale && !this.#isClosed && performance.now() > this.#nextFit) await this.#fit();
    }
    this.#emitFindings();
  }

  /** Removes samples that the project lacks, and lists those that the session lacks. It goes through all samples, once for each change. */
  async #compare(project: Project | undefined): Promise<void> {
    this.#compared = project;
    const samples = samplesById(project);
    await this.#forget([...this.#known.keys()].filter((id) => !samples.has(id)));
    // A copy takes the place of a sample that left.
    for (const [id, { of }] of this.#known)
      if (of !== undefined && !this.#known.has(of)) this.#known.delete(id);
    this.#missing = interleaveClasses(
      [...samples.values()].filter((one) => !isSame(one, this.#known.get(one.id))),
    );
    this.#emitFindings();
  }

  async #forget(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#session?.remove(ids);
    for (const id of ids) this.#known.delete(id);
    this.#isStale = true;
  }

  async #open(base: string): Promise<void> {
    if (this.#session) return;
    this.#tell("opening");
    const { connect } = await loadWeb();
    if (this.#isClosed) return;
    this.#connection = connect({ ort: ort() });
    this.#session = await this.#connection.openSession(base);
  }

  /** Reads the contents of samples. */
  async #read(
    samples: readonly ProjectSample[],
  ): Promise<readonly (ProjectSample & Pick<WebSample, "input">)[]> {
    const read = await Promise.all(
      samples.map(async (sample) => {
        try {
          return [{ ...sample, input: sample.text ?? (await this.store.content(sample.hash!)) }];
        } catch (error) {
          this.#known.set(sample.id, { ...sample, error });
          return [];
        }
      }),
    );
    return read.flat();
  }

  /** Adds samples. If the library refuses one, they are added one by one. */
  async #add(samples: readonly (ProjectSample & Pick<WebSample, "input">)[]): Promise<void> {
    if (samples.length === 0 || this.#isClosed) return;
    try {
      const given = samples.map(({ id, input, label, group }) => ({
        id,
        input,
        label,
        ...(group && { group }),
      }));
      const { copies, contradictions } = await this.#session!.add(given);
      const originals = new Map([...copies, ...contradictions].map(({ id, of }) => [id, of]));
      for (const { input, ...one } of samples) this.#known.set(one.id, { ...one, of: originals.get(one.id) });
      this.#isStale = true;
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      const [first, ...others] = samples;
      if (others.length > 0) for (const one of samples) await this.#add([one]);
      else {
        const { input, ...one } = first!;
        await this.#forget([one.id]);
        this.#known.set(one.id, { ...one, error });
      }
    }
  }

  async #fit(): Promise<void> {
    this.#isStale = false;
    const counts = new Map<string, number>();
    for (const { label, of, error } of this.#known.values())
      if (of === undefined && error === undefined) counts.set(label, (counts.get(label) ?? 0) + 1);
    const isEnough = counts.size > 1 && samplesNeeded(counts).length === 0;
    if (isEnough && this.#missing.length === 0) this.#tell("fitting");
    const session = this.#session!;
    const begin = performance.now();
    // The page shows the best answer only. All answers of thousands of samples would take long to arrive.
    const fit = isEnough ? await session.fit({ answers: 1 }) : undefined;
    const end = performance.now();
    this.#nextFit = end + Math.max(longestWait, (parts - 1) * (end - begin));
    if (this.#isClosed) return;
    batch(() => {
      this.state.fit.value = fit;
      this.state.predictor.value = fit && predictorOf(session);
    });
  }

  #tell(phase: LiveStatus["phase"], error?: unknown, total = this.#known.size): void {
    if (this.#isClosed) return;
    this.state.status.value = { phase, done: this.#known.size, total, ...(error !== undefined && { error }) };
  }

  #emitFindings(): void {
    if (this.#isClosed) return;
    const all = [...this.#known].map(([id, { of, error }]) => ({ id, of, error }));
    const copies = all.flatMap(({ id, of }) => (of === undefined ? [] : [{ id, of }]));
    const unreadable = all.flatMap(({ id, error }) => (error === undefined ? [] : [{ id, error }]));
    const isNone = copies.length + unreadable.length === 0;
    this.state.findings.value = isNone ? noFindings : { copies, unreadable };
  }
}

/** True if a sample is at fault, not the session. */
const isUnreadable = (error: unknown): boolean =>
  ["DataError", "FileError"].includes((error as { readonly kind?: string }).kind ?? "");

function predictorOf(session: WebSession): Predictor {
  const predict = (input: unknown) => session.predict(input as WebSampleInput);
  return { predict, predictRaw: predict, close() {} };
}
