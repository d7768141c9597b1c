import { signal } from "@preact/signals";
import type { Store } from "../store/store.js";
import type { Trainer } from "./trainer.js";

/** Trains in a worker of this tab. Runs are in the private storage of the browser. */
export class TabTrainer implements Trainer {
  readonly runs = signal([]);

  constructor(readonly store: Store) {}

  async refresh(): Promise<void> {}
  start = missing;
  resume = missing;
  stop = missing;
  remove = missing;
  watch = missing;
  report = missing;
  predictions = missing;
  open = missing;
  modelFiles = missing;
}

function missing(): never {
  throw new Error("not written yet");
}
