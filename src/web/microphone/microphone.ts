/** Options of `openMicrophone`. */
export interface MicrophoneOptions {
  /** Samples per second that it gives: those of the model, `model.rate`. The browser's rate is resampled. Default 16,000. */
  readonly rate?: number;
  /**
   * Constraints of the track, as `getUserMedia` takes them: `{ deviceId }`. Default: one channel without echo cancellation, noise
   * suppression and automatic gain, because these distort sounds other than speech.
   */
  readonly constraints?: Readonly<Record<string, unknown>>;
}

/** Options of `record`: at least one of `seconds` and `signal`. */
export interface RecordOptions {
  /** Length. */
  readonly seconds?: number;
  /** Ends the recording early. It returns what it has. */
  readonly signal?: AbortSignal;
  /** Name of the file. Default "recording.wav". */
  readonly name?: string;
}

/** A recorded sound: `samples` for `predict`, `file` for training data. */
export interface Recording {
  /** float32[n], mono, −1 to 1. */
  readonly samples: Float32Array;
  /** Samples per second. */
  readonly rate: number;
  /** The same as a WAV file of 16 bits. `{ file, label }` is a row of training data. */
  readonly file: File;
}

/** An open microphone. */
export interface Microphone {
  /** Samples per second of everything that it gives. */
  readonly rate: number;
  /** Seconds that it has heard. */
  readonly seconds: number;
  /**
   * Returns the last seconds as float32[n], at most 30 seconds; less if it was opened later.
   * @throws DataError after it was closed, or stopped by itself
   */
  latest(seconds: number): Float32Array;
  /**
   * Records from now on.
   * @throws DataError if it is closed, or stops by itself
   * @example const { samples, file } = await microphone.record({ seconds: 2 });
   */
  record(options: RecordOptions): Promise<Recording>;
  close(): Promise<void>;
}

/** A model that takes samples: one of sounds or of speech, as `load` returns it. */
export interface ListeningModel<Prediction> {
  /** Samples per second. */
  readonly rate: number;
  predict(sounds: readonly Float32Array[]): Promise<readonly Prediction[]>;
}

/** Options of `listen`. */
export interface ListenOptions<Prediction> {
  /** Gets each prediction. `at.seconds` is the end of its window, in seconds since the microphone was opened. */
  readonly onPrediction: (prediction: Prediction, at: { readonly seconds: number }) => void;
  /** Seconds of sound for each prediction, at most 30: the length of the training clips. Default 1. */
  readonly window?: number;
  /** Seconds between predictions. A slower model skips some. Default 0.05: twenty per second. */
  readonly interval?: number;
  /** An open microphone, which stays open. Default: one is opened, and closed in the end. */
  readonly microphone?: Microphone;
  /** Stops. */
  readonly signal?: AbortSignal;
}

/** What `listen` did. */
export interface ListenedTo {
  readonly predictions: number;
  /** Predictions that were left out because the model was slower than the interval. */
  readonly skipped: number;
  readonly seconds: number;
}
