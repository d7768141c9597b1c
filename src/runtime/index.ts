/** What runs graphs: the contract. `engraft/runtime/node` and `engraft/runtime/web` keep it. */
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
