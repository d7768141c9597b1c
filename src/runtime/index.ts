/** The contract of runtimes. `engraft/runtime/node` and `engraft/runtime/web` implement it. */
export type {
  CostStore,
  CostTable,
  Port,
  RunOptions,
  Runtime,
  Session,
  SessionOptions,
  TrainingSession,
  TrainingSpec,
} from "./runtime.js";
