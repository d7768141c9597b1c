// The thread that receives the signals of a process, see watch-signals-node.ts. It ends the process if the main thread does not answer.
import { writeSync } from "node:fs";
import { constants } from "node:os";
import { isatty } from "node:tty";
import { parentPort, workerData } from "node:worker_threads";
import { type LimitedWork, silenceSignal } from "./limited-work.js";

/** Signals that end a process. */
export type EndSignal = "SIGINT" | "SIGTERM" | "SIGHUP";

/** What the thread is given. */
export interface WatcherData {
  readonly names: readonly EndSignal[];
  /** The parent process, if its end counts as SIGTERM. */
  readonly parent: number | undefined;
}

/** What the thread tells the main thread: it receives signals now; an answer is due; a signal. */
export type FromWatcher = "ready" | "ping" | EndSignal;

/** What the main thread tells: its answer; or work that it has in hand, if any. */
export type ToWatcher = "here" | LimitedWork | undefined;

/** A handle of libuv, which lets several threads receive one signal. Node has no public way to it outside of the main thread. */
interface SignalHandle {
  onsignal: () => void;
  start(number: number): number;
  close(): void;
}

/** Milliseconds of silence after which the process ends: in less than 2 s after Ctrl-C, since a person waits; else in less than 5 s. */
const patience = { SIGINT: 1800, SIGTERM: 4800, SIGHUP: 4800 } as const satisfies Record<EndSignal, number>;
/** The same once the main thread has answered: it saves its state. */
const patienceWhileSaving = 10_000;
/** Milliseconds for handlers of the process's end after a second signal. */
const patienceAtExit = 500;
const pingEvery = 100;
const slowPingEvery = 10_000;

const { names, parent } = workerData as WatcherData;
const port = parentPort!;
const tell = (said: FromWatcher): void => port.postMessage(said);

// Reading the binding would print that it is deprecated.
process.noDeprecation = true;
const { Signal } = (
  process as unknown as { binding(name: string): { Signal: new () => SignalHandle } }
).binding("signal_wrap");
const handles = names.map((name) => {
  const handle = new Signal();
  handle.onsignal = () => receive(name);
  const failed = handle.start(constants.signals[name]);
  if (failed !== 0) throw new Error(`${name} cannot be received: ${failed}`);
  return handle;
});

let first: EndSignal | undefined;
let answered = false;
let unanswered = 0;
let [lastAnswer, usedThen] = [0, process.cpuUsage()];

function hear(): void {
  [lastAnswer, usedThen] = [performance.now(), process.cpuUsage()];
}

function receive(name: EndSignal): void {
  tell(name);
  if (first !== undefined) {
    setTimeout(() => end(name, byName(name)), patienceAtExit);
    return;
  }
  first = name;
  answered = false;
  hear();
  const pings = setInterval(() => {
    tell("ping");
    if (!isSilent(answered ? patienceWhileSaving : patience[name])) return;
    clearInterval(pings);
    end(name, byName(name));
  }, pingEvery);
}

/** True if the main thread has not answered for so long, in milliseconds. On a busy machine, it must have had a tenth of a processor. */
function isSilent(most: number): boolean {
  const silent = performance.now() - lastAnswer;
  const { user, system } = process.cpuUsage(usedThen);
  const computed = (user + system) / 1000;
  // A thread that sleeps computes nothing at all.
  const waitsForProcessor = computed > silent / 50 && computed < most / 10 && silent < 10 * most;
  return silent >= most && !waitsForProcessor;
}

let limiting: ReturnType<typeof setInterval> | undefined;

/** Ends the process if the main thread does not answer while it has this work in hand. */
function limit(work: LimitedWork | undefined): void {
  clearInterval(limiting);
  if (work === undefined) return;
  const { line, silence } = work;
  const every = Math.min(slowPingEvery, silence / 10);
  unanswered = 0;
  hear();
  limiting = setInterval(() => {
    tell("ping");
    // While the machine sleeps, time passes without a chance to answer.
    if (++unanswered * every < silence || !isSilent(silence)) return;
    clearInterval(limiting);
    end(silenceSignal, line);
  }, every);
}

const byName = (name: EndSignal): string =>
  `by ${name}: the computation did not answer. What was saved before stays`;

/** Ends the process by a signal, so that its status tells which. If the main thread still handles it, by SIGKILL. */
function end(name: NodeJS.Signals, line: string): void {
  try {
    // Progress hides the cursor.
    if (isatty(2)) writeSync(2, "\u001b[?25h\n");
    writeSync(2, `stopped     ${line}\n`);
  } catch {
    // Nobody reads it.
  }
  for (const handle of handles) handle.close();
  process.kill(process.pid, name);
  setTimeout(() => process.kill(process.pid, "SIGKILL"), 200);
}

port.on("message", (said: ToWatcher) => {
  if (said !== "here") {
    limit(said);
    return;
  }
  answered = true;
  unanswered = 0;
  hear();
});
if (parent !== undefined)
  setInterval(() => {
    if (process.ppid !== parent && first === undefined) receive("SIGTERM");
  }, 1000);
tell("ready");
