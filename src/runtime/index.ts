export { type OrtWebModule, type WebRuntimeOptions, webRuntime } from "./ort-web.js";
export type {
  Port,
  RunOptions,
  Runtime,
  Session,
  SessionOptions,
  TrainingSession,
  TrainingSpec,
} from "./runtime.js";
export { nextOf, stepsInput } from "./runtime.js";
