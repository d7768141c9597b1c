/** Where a base's files are on this machine, and what is known of it before they are read. */
export interface LocatedBase {
  /** "vision-mini", "resnet18.onnx", "org/name". */
  readonly name: string;
  readonly license: string;
  /** Absolute paths. */
  readonly onnx: string;
  readonly preprocessor: string | undefined;
  readonly config: string | undefined;
  /** What lies beside a text encoder, by name: its tokenizer, its pooling. Absolute paths. */
  readonly texts: Readonly<Record<string, string>>;
  /** LICENSE beside the model, when there is one: it travels with what is made from the base. */
  readonly licenseFile: string | undefined;
  /** Commit, for a base from the hub. */
  readonly revision: string | undefined;
  /** Where the catalogue says the new head begins. */
  readonly cut: string | undefined;
}
