// The quick model: a live session of the library that follows the samples of the project.
import { batch, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { SessionFit } from "../../src/session/live-session.js";
import type { Project } from "../../src/studio/project.js";
import type { ModelFile } from "../../src/web/index.js";
import type { Store } from "../store/store.js";
import { FollowedProject } from "./followed-project.js";
import { type Findings, idle, type LiveState, type LiveStatus, noFindings } from "./live-state.js";
import type { Predictor } from "./predictor.js";

/** A live session that follows the project of a store. */
export class LiveModel {
  readonly #state: LiveState = {
    ...{ status: signal(idle), findings: signal(noFindings) },
    ...{ fit: signal(undefined), predictor: signal(undefined) },
  };
  #followed: FollowedProject | undefined;

  readonly status: ReadonlySignal<LiveStatus> = this.#state.status;
  readonly findings: ReadonlySignal<Findings> = this.#state.findings;
  /** Last fit: classes, score or the reason why there is none, out-of-fold predictions. */
  readonly fit: ReadonlySignal<SessionFit | undefined> = this.#state.fit;
  /** The model of the last fit; undefined before two classes have five samples each. */
  readonly predictor: ReadonlySignal<Predictor | undefined> = this.#state.predictor;

  constructor(readonly store: Store) {
    effect(() => this.#follow(store.project.value));
  }

  /** Starts again after a failure. */
  retry(): void {
    this.close();
    this.#follow(this.store.project.peek());
  }

  /** Returns the files of the model folder after the model has learnt all samples. @throws OptionError without a fit */
  async save(): Promise<readonly ModelFile[]> {
    return (await this.#followed?.save()) ?? [];
  }

  /** Ends the session and frees its memory. The next change of the project opens it again. */
  close(): void {
    this.#followed?.close();
    this.#followed = undefined;
    batch(() => {
      const { status, findings, fit, predictor } = this.#state;
      status.value = idle;
      findings.value = noFindings;
      fit.value = undefined;
      predictor.value = undefined;
    });
  }

  #follow(project: Project | undefined): void {
    if (this.#followed && this.#followed.id !== project?.id) this.close();
    if (!project) return;
    this.#followed ??= new FollowedProject(project.id, this.store, this.#state);
    this.#followed.changed();
  }
}
