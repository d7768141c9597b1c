/** In a comparison: a training begins, was already done, or ended. Its own events follow until the next of these. */
export interface RunEvent {
  readonly event: "run";
  readonly state: "started" | "kept" | "done" | "failed";
  readonly label: string;
  readonly seed: number;
  /** 1 … `of` */
  readonly number: number;
  readonly of: number;
  /** Its run folder. */
  readonly run: string;
  readonly test_accuracy?: number;
  readonly validation_accuracy?: number;
  /** Instead, for numbers. */
  readonly test_r2?: number;
  readonly validation_r2?: number;
  /** Instead, for entities or several labels. */
  readonly test_f1?: number;
  readonly validation_f1?: number;
  readonly seconds?: number;
  readonly peak_rss_mb?: number;
  /** Bytes of the model's ONNX files, and of its adapter if there is one. */
  readonly model_bytes?: number;
  readonly adapter_bytes?: number;
  /** For the whole comparison; known once each strategy has run. */
  readonly seconds_left?: number;
  readonly error?: { readonly kind: string; readonly message: string };
}

/** A run is served: the address of its page. */
export interface ServingEvent {
  readonly event: "serving";
  readonly url: string;
  readonly run: string;
}
