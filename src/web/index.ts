/**
 * Engraft in a browser's tab: the same training as in Node, in a worker, on onnxruntime-web.
 * @module
 */
export { errorText } from "../core/error-text.js";
export { EngraftError, type ErrorCode, type ErrorKind } from "../core/errors.js";
export type { EngraftEvent, OnEvent, TrainResultEvent } from "../core/events/events.js";
export type { Explanation } from "../core/results/explanation.js";
export type { ResultOf } from "../core/results/result-of.js";
export type { Task, TaskName } from "../core/results/task.js";
export type { Answer } from "../inference/answer.js";
export type { Evaluation } from "../inference/evaluation.js";
export type { DataInspection } from "../tasks/inspect-data.js";
export type { Camera, CameraOptions } from "./camera/camera.js";
export { listen, openCamera, openMicrophone } from "./devices.js";
export type { KeptRun, TrainedFile } from "./messages.js";
export type {
  ListenedTo,
  ListeningModel,
  ListenOptions,
  Microphone,
  MicrophoneOptions,
  Recording,
  RecordOptions,
} from "./microphone/microphone.js";
export {
  evaluate,
  explain,
  load,
  loadModel,
  type PagePicture,
  type PagePixels,
  type PredictPictures,
  type WebModel,
} from "./model.js";
export type {
  FolderFile,
  LabelledPicture,
  ModelFile,
  ModelSource,
  WebData,
  WebEvaluateOptions,
  WebExplainOptions,
  WebHandle,
  WebInspectOptions,
  WebResumeOptions,
  WebSetup,
  WebTrainOptions,
  WorkerLike,
} from "./options.js";
export { inspectData, listRuns, removeRun, report, resume, train, type WebTraining } from "./train.js";
