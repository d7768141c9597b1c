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
export type { ChatMessage } from "../data/chats/chat.js";
export type { Answer } from "../inference/answer.js";
export type { Evaluation } from "../inference/evaluation.js";
export type { GeneratedText, GenerateOptions, TextPrompt } from "../inference/text-generator.js";
export type { TestPrediction } from "../run/test-predictions.js";
export type { SessionFit } from "../session/live-session.js";
export type { DataInspection } from "../tasks/inspect-data.js";
export {
  evaluate,
  explain,
  inspectData,
  listRuns,
  load,
  loadModel,
  openSession,
  readEvents,
  readPredictions,
  removeRun,
  report,
  resume,
  train,
} from "./calls.js";
export type { Camera, CameraOptions } from "./camera/camera.js";
export { type Connection, connect, type WebReportOptions, type WebTraining } from "./connection.js";
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
export type { PagePicture, PagePixels, PredictPictures, WebModel } from "./model.js";
export type {
  FolderFile,
  LabelledPicture,
  ModelFile,
  ModelSource,
  OnConnection,
  WebData,
  WebEvaluateOptions,
  WebExplainOptions,
  WebHandle,
  WebInspectOptions,
  WebResumeOptions,
  WebSessionOptions,
  WebSetup,
  WebTrainOptions,
  WorkerLike,
} from "./options.js";
export type { WebSample, WebSampleInput, WebSession } from "./web-session.js";
