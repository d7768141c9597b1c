import { type ReadonlySignal, signal } from "@preact/signals";
import type { OptionValue, Project } from "../../src/studio/project.js";
import { reportKey } from "../../src/studio/protocol.js";
import { browserKey, callServer, isLost } from "../store/call-server.js";
import type { Store } from "../store/store.js";
import { loadWeb, ort } from "../store/web.js";
import { currentWords } from "../words/current-words.js";
import type { Predictor } from "./predictor.js";
import { runPredictor } from "./run-predictor.js";
import type { NumberedEvent, RunEntry, TestPrediction, Trainer } from "./trainer.js";

/** Pause before the next try to reach the server (ms). */
const between = 500;
/** Pause before the next look at waiting trainings (ms). */
const waitingPause = 1000;

/** Trains in processes behind `engraft studio`. Models of runs predict in this tab. */
export class HttpTrainer implements Trainer {
  readonly #runs = signal<readonly RunEntry[]>([]);
  readonly runs: ReadonlySignal<readonly RunEntry[]> = this.#runs;

  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly store: Store) {}

  async refresh(project: Project): Promise<void> {
    const runs: readonly RunEntry[] = await (await callServer(`api/projects/${project.id}/runs`)).json();
    if (this.store.project.value?.id !== project.id) return;
    this.#runs.value = runs;
    if (runs.some(({ status }) => status === "waiting")) this.#refreshLater(project);
  }

  /** A waiting training starts without an event. */
  #refreshLater(project: Project): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.store.project.value?.id !== project.id) return;
      void this.refresh(project).catch(() => this.#refreshLater(project));
    }, waitingPause);
  }

  async start(project: Project, options: Readonly<Record<string, OptionValue>>): Promise<string> {
    await this.store.stored();
    const started = await callServer(`api/projects/${project.id}/runs`, { json: { options } });
    await this.refresh(project);
    return ((await started.json()) as { readonly name: string }).name;
  }

  resume(_project: Project, name: string, more?: string): Promise<void> {
    return this.#command(name, "resume", more === undefined ? {} : { more });
  }

  stop(name: string): Promise<void> {
    return this.#command(name, "stop");
  }

  remove(name: string): Promise<void> {
    return this.#command(name, "remove");
  }

  async *watch(name: string, after: number, signal: AbortSignal): AsyncGenerator<NumberedEvent> {
    const project = this.store.project.value!;
    for (let last = after; !signal.aborted; ) {
      try {
        const headers = { "last-event-id": String(last) };
        const { body } = await callServer(this.#address(name, "events"), { headers, signal });
        this.#showConnection(true);
        for await (const { id, data, isEnd } of messagesOf(body!)) {
          if (isEnd) return await this.refresh(project);
          last = id;
          yield { id, event: JSON.parse(data) };
        }
      } catch (error) {
        // A connection that breaks while events arrive is a TypeError.
        if (!signal.aborted && !isLost(error) && !(error instanceof TypeError)) {
          this.#showConnection(true);
          throw error;
        }
      }
      if (signal.aborted) return;
      this.#showConnection(false);
      await new Promise((done) => setTimeout(done, between));
    }
  }

  async report(name: string, lang: "en" | "zh"): Promise<string> {
    const key = await reportKey(browserKey(), this.#project, name);
    return new URL(`runs/${name}/report?project=${this.#project}&lang=${lang}&key=${key}`, document.baseURI)
      .href;
  }

  async predictions(name: string): Promise<readonly TestPrediction[]> {
    return (await callServer(this.#address(name, "predictions"))).json();
  }

  async open(name: string): Promise<Predictor> {
    const [{ load }, files] = await Promise.all([loadWeb(), this.modelFiles(name)]);
    return runPredictor(await load({ name, files }, { ort: ort() }));
  }

  async modelFiles(name: string) {
    const paths: readonly string[] = await (await callServer(this.#address(name, "model"))).json();
    return Promise.all(
      paths.map(async (path) => {
        const encoded = path.split("/").map(encodeURIComponent).join("/");
        const response = await callServer(this.#address(name, `model/${encoded}`));
        return { path, content: new Uint8Array(await response.arrayBuffer()) };
      }),
    );
  }

  get #project(): string {
    return this.store.project.value!.id;
  }

  #address(name: string, what: string): string {
    return `api/runs/${name}/${what}?project=${this.#project}`;
  }

  async #command(name: string, what: string, json: object = {}): Promise<void> {
    await callServer(this.#address(name, what), { json });
    await this.refresh(this.store.project.value!);
  }

  /** Shows that the connection is lost, until it is there again. */
  #showConnection(isThere: boolean): void {
    const { connectionLost: text, connectionLostHelp: help } = currentWords().app;
    if (!isThere) this.store.notify({ kind: "error", text, help });
    else
      for (const notice of this.store.notices.value) if (notice.text === text) this.store.dismiss(notice.id);
  }
}

/** Reads server-sent events. */
async function* messagesOf(body: ReadableStream<Uint8Array>) {
  const reader = body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = `${text}${value}`.split("\n\n");
    text = blocks.pop()!;
    for (const block of blocks) {
      const fields = new Map(
        block.split("\n").map((line) => /^(\w*): ?(.*)$/.exec(line)?.slice(1) as [string, string]),
      );
      yield {
        id: Number(fields.get("id")),
        data: fields.get("data") ?? "",
        isEnd: fields.get("event") === "end",
      };
    }
  }
}
