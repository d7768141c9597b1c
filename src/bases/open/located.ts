import type { HubCommit } from "../../core/results/base-facts.js";

/** Where a base's files are on this machine, and what is known of it before they are read. */
export interface LocatedBase {
  /** "vision-mini", "resnet18.onnx", "org/name". */
  readonly name: string;
  /** The hub's identifier, or the licence as it is stated. */
  readonly license: string;
  /** Where the text of a licence without an identifier is: an address, or LICENSE, which travels with the model. */
  readonly license_link?: string;
  /** Absolute paths. */
  readonly onnx: string;
  readonly preprocessor: string | undefined;
  readonly config: string | undefined;
  /** What lies beside a text encoder, by name: its tokenizer, its pooling. Absolute paths. */
  readonly texts: Readonly<Record<string, string>>;
  /** LICENSE beside the model, when there is one: it travels with what is made from the base. */
  readonly licenseFile: string | undefined;
  /** Repository and commit of a base from the hub. */
  readonly hub?: HubCommit;
  /** Where the catalogue says the new head begins. */
  readonly cut: string | undefined;
}
