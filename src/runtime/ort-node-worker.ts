// The thread or process that runs onnxruntime. A run blocks its thread; the main thread handles terminal, signals and files.
import { parentPort, workerData } from "node:worker_threads";
import { EngraftError, invariant, messageOf } from "../core/errors.js";
import type { Tensor } from "../core/tensor.js";
import { collect } from "../platform/node-collect.js";
import type { Device } from "./device.js";
import { LocalRuntime } from "./ort-local.js";
import { nativeHelp, type OrtPackage } from "./ort-node-package.js";
import type { OrtModule } from "./ort-tensors.js";
import type { LocalTraining } from "./ort-training.js";
import {
  type Answer,
  type Answers,
  busy,
  type Call,
  encodeError,
  type Message,
  type Opened,
  pack,
  type Requests,
  stopping,
  type Tensors,
  type WorkerData,
  worthCollecting,
} from "./protocol.js";
import type { Session, TrainingSession } from "./runtime.js";

/** The main thread shares memory with a thread, and none with a process. */
const shared = workerData as WorkerData | null;
const flags = new Int32Array(shared?.flags ?? new SharedArrayBuffer(8));

/** Marks when native code runs: the main thread waits for its end before the process exits. */
async function guard<T>(call: () => Promise<T>): Promise<T> {
  Atomics.store(flags, busy, 1);
  try {
    if (Atomics.load(flags, stopping) === 1)
      throw new EngraftError("Interrupted", "the process is ending, nothing new is run");
    return await call();
  } finally {
    Atomics.store(flags, busy, 0);
    Atomics.notify(flags, busy);
  }
}

const sessions = new Map<number, Session>();
const trainings = new Map<number, TrainingSession>();
let counter = 0;
let runtime: LocalRuntime | undefined;

function get<S>(map: ReadonlyMap<number, S>, on: number): S {
  const found = map.get(on);
  if (!found) {
    throw new EngraftError("InternalError", "this session was disposed", { help: "make a new session" });
  }
  return found;
}

/** Feeds that arrived while earlier steps ran, by session. */
const sentAhead = new Map<number, Requests["ahead"]>();

/** Returns the feeds that were sent ahead for a call of steps, and forgets them. */
function feedsAhead({ on, ahead }: Requests["steps"]): Tensors {
  if (ahead === undefined) return {};
  const kept = sentAhead.get(on);
  invariant(kept?.number === ahead, "the feeds that were sent ahead are those of other steps");
  sentAhead.delete(on);
  return kept.feeds;
}

function opened<S extends Session | TrainingSession>(map: Map<number, S>, session: S): Opened {
  const on = ++counter;
  map.set(on, session);
  const { inputs, outputs } = session;
  const refuses = (session as Partial<TrainingSession>).refuses === true;
  return { on, inputs, outputs, ...(refuses && { refuses }) };
}

/** Loads the first package that loads. A dynamic import, so that a missing binding is an answer and no crash. */
async function open({ threads, packages, version, device }: Requests["hello"]): Promise<OrtPackage> {
  const problems: string[] = [];
  for (const name of packages) {
    try {
      runtime = await (name === "onnxruntime-node" ? openNative(threads, device) : openWasm(threads));
      const [problem] = problems;
      return { name, version: runtime.version, problem };
    } catch (error) {
      if (device !== "cpu") throw error;
      problems.push(`${name} could not be loaded: ${messageOf(error).split("\n")[0]}`);
    }
  }
  throw new EngraftError("InternalError", problems.join("; "), { help: nativeHelp(version) });
}

async function openNative(threads: number, device: Device): Promise<LocalRuntime> {
  const ort = await import("onnxruntime-node");
  // A GPU's process says there why a buffer could not be made; its output is kept and never printed.
  ort.env.logLevel = device === "cpu" ? "fatal" : "error";
  const options = {
    name: "onnxruntime-node",
    threads,
    guard,
    version: ort.env.versions.node ?? ort.env.versions.common,
    sessionOptions: { intraOpNumThreads: threads, interOpNumThreads: 1 },
  };
  if (device === "cpu") return new LocalRuntime(ort as unknown as OrtModule, { ...options, inPlace: true });
  const { openDevice } = await import("./ort-device.js");
  return openDevice(ort as unknown as OrtModule, device, options);
}

/** Not guarded: WebAssembly may be terminated in the middle of a run. */
async function openWasm(threads: number): Promise<LocalRuntime> {
  const ort = await import("onnxruntime-web");
  const { webRuntime } = await import("./ort-web.js");
  return webRuntime(ort, { threads });
}

async function handle(message: Message): Promise<Answers[Call]> {
  if (message.call === "hello") return open(message);
  invariant(runtime, "the runtime's thread was asked before it was opened");
  switch (message.call) {
    case "session":
      return opened(sessions, await runtime.session(message.model, message.options));
    case "training": {
      // Received tensors belong to this thread.
      const [state, frozen] = [new Map(message.state), new Map(message.frozen)];
      const spec = { state, frozen, options: message.options, transfer: true };
      return opened(trainings, await runtime.training(message.model, spec));
    }
    case "evaluator":
      return opened(sessions, await get(trainings, message.on).evaluator(message.model, message.options));
    case "sharing": {
      const one = get(trainings, message.on) as LocalTraining;
      return opened(trainings, await one.sharing(message.model, message.options));
    }
    case "run":
      return get(sessions, message.on).run(message.feeds, message.fetches);
    case "ahead":
      sentAhead.set(message.on, message);
      return undefined;
    case "steps":
      return get(trainings, message.on).steps({ ...feedsAhead(message), ...message.feeds }, message.count);
    case "undo":
      return (await get(trainings, message.on).undo?.()) as undefined;
    case "readState":
      return [...(await get(trainings, message.on).readState())];
    case "writeState":
      return (await get(trainings, message.on).writeState(new Map(message.state), {
        transfer: true,
      })) as undefined;
    case "dispose": {
      const session = sessions.get(message.on) ?? trainings.get(message.on);
      sessions.delete(message.on);
      trainings.delete(message.on);
      sentAhead.delete(message.on);
      return (await session?.dispose()) as undefined;
    }
    case "close":
      return (await runtime.close()) as undefined;
  }
}

/** Sends an answer. Results belong to this thread and are used once, so their buffers are transferred. */
function reply(message: Message, value: Answers[Call]): void {
  if (message.call === "run" || message.call === "steps") {
    const { packed, buffers } = pack(Object.entries(value as Answers["run"]), true);
    post({ id: message.id, value: Object.fromEntries(packed) }, buffers);
  } else if (message.call === "readState") {
    const { packed, buffers } = pack(value as Answers["readState"], true);
    post({ id: message.id, value: packed }, buffers);
  } else post({ id: message.id, value });
}

function post(answer: Answer, buffers: ArrayBuffer[] = []): void {
  if (parentPort) parentPort.postMessage(answer, buffers);
  else process.send!(answer);
}

/** Fed bytes after which garbage is collected: some milliseconds, after some hundred of work. */
const collectAfter = 8e6;
let fed = 0;

/**
 * Collects fed tensors. They are outside of this thread's small heap, so its collector sees no need: up to 45 MB of
 * used images stayed in memory.
 */
function collectFeeds(feeds: object): void {
  for (const { data } of Object.values(feeds) as Tensor[])
    fed += (data as { byteLength?: number }).byteLength ?? 0;
  if (fed < collectAfter) return;
  fed = 0;
  collect();
}

async function receive(message: Message): Promise<void> {
  try {
    reply(message, await handle(message));
  } catch (error) {
    post({ id: message.id, error: encodeError(error) });
  }
  if (message.call === "run" || message.call === "steps" || message.call === "ahead")
    collectFeeds(message.feeds);
  if ("model" in message && message.model.byteLength >= worthCollecting) {
    // The handler references it until it ends.
    setImmediate(collect);
  }
  if (message.call === "close") parentPort ? parentPort.close() : process.disconnect();
}

if (parentPort) parentPort.on("message", receive);
else {
  process.on("message", receive);
  // The main process has ended. Native code may not: its threads would keep this process alive.
  process.on("disconnect", () => process.exit());
  // Ctrl-C reaches all processes of a terminal; the main process decides when this one ends.
  process.on("SIGINT", () => undefined);
}

// The main thread set `busy` before this thread began: native code has been loaded, or not yet.
Atomics.store(flags, busy, 0);
Atomics.notify(flags, busy);
