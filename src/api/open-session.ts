import { openMachine } from "../run/machine.js";
import type { LiveSession, SessionBase, SessionOptions } from "../session/live-session.js";
import { openSessionOn } from "../session/open-session.js";

/**
 * Opens a live session: a base that stays open, and a classifier that follows samples as they come. A change of the samples needs one
 * `fit`, and computes only the features of new samples.
 *
 * Classes of pictures, texts and sounds. Tables have no base, so they have no session.
 *
 * @param base a base as `train` takes it, or `{ run }`: the model of a run is the base
 * @returns the session; close it at the end
 * @throws OptionError for an unknown option, ModelError for a base that cannot be used
 * @example
 * const session = await openSession("text-mini");
 * await session.add([
 *   { id: "1", input: "a book I could not put down", label: "good", group: "Ann" },
 *   { id: "2", input: "dull from the first page", label: "bad", group: "Ann" },
 * ]);
 * const { score, reason } = await session.fit();
 * console.log(score?.accuracy_ci95 ?? reason?.message);
 * console.log(await session.predict("a dull book"));
 * await session.close();
 */
export async function openSession(base: SessionBase, options: SessionOptions = {}): Promise<LiveSession> {
  return openSessionOn(await openMachine(), base, options);
}
