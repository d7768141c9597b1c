/** Of a comparison: a training begins, was found done, or ended. Its own events follow until the next of these. */
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
  /** In their place where numbers are learnt. */
  readonly test_r2?: number;
  readonly validation_r2?: number;
  /** And where entities or several labels are. */
  readonly test_f1?: number;
  readonly validation_f1?: number;
  readonly seconds?: number;
  readonly peak_rss_mb?: number;
  /** Of the model's ONNX files, and of its adapter where there is one. */
  readonly model_bytes?: number;
  readonly adapter_bytes?: number;
  /** Of the whole comparison; known once each strategy has run. */
  readonly seconds_left?: number;
  readonly error?: { readonly kind: string; readonly message: string };
}

/** A run is followed: where its page is. */
export interface ServingEvent {
  readonly event: "serving";
  readonly url: string;
  readonly run: string;
}
