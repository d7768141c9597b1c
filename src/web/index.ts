/**
 * Engraft in a browser's tab: the same training as in Node, in a worker, on onnxruntime-web.
 * @module
 */
export { EngraftError, type ErrorKind } from "../core/errors.js";
export type { EngraftEvent, OnEvent, TrainResultEvent } from "../core/events/events.js";
export type { Answer } from "../inference/answer.js";
export type { KeptRun } from "./messages.js";
export { load, loadModel, type WebModel } from "./model.js";
export type {
  FolderFile,
  LabelledPicture,
  ModelFile,
  ModelSource,
  WebData,
  WebResumeOptions,
  WebSetup,
  WebTrainOptions,
  WorkerLike,
} from "./options.js";
export { listRuns, removeRun, resume, train, type WebTraining } from "./train.js";
