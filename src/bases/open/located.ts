import type { HubCommit } from "../../core/results/base-facts.js";
import type { ImagePreprocessing } from "../../data/dataset.js";
import type { HubOptions } from "../hub/hub.js";
import type { BaseFiles, chooseFiles } from "./choose-files.js";

export interface LocateOptions extends HubOptions {
  /** Checks the files of a repository before any is downloaded. @param name "org/name" @param onnx path of the model */
  readonly check?: (files: BaseFiles, name: string, onnx: string) => void;
  /** Chooses the files of a folder or repository. Default: {@link chooseFiles}, one model. */
  readonly choose?: typeof chooseFiles;
}

/** Locations of a base's files on this machine, and facts known before reading them. */
export interface LocatedBase {
  /** "vision-open", "resnet18.onnx", "org/name". */
  readonly name: string;
  /** The hub's identifier, or the licence as stated. */
  readonly license: string;
  /** Location of a licence text without an identifier: an address, or the LICENSE that is copied with the model. */
  readonly license_link?: string;
  /** The model: an ONNX file, or a file that {@link openModelFile} reads like one. Absolute path, as are all. */
  readonly onnx: string;
  /** The decoder of an encoder–decoder, see {@link BaseFiles}. */
  readonly decoder?: string | undefined;
  readonly preprocessor: string | undefined;
  readonly config: string | undefined;
  /** Files next to a text encoder, by name: tokenizer, pooling. Absolute paths. */
  readonly texts: Readonly<Record<string, string>>;
  /** LICENSE next to the model, if any: it is copied with models made from the base. */
  readonly licenseFile: string | undefined;
  /** Repository and commit of a base from the hub. */
  readonly hub?: HubCommit;
  /** Form of the model file: "TF.js layers model". Missing: ONNX. */
  readonly format?: string;
  /** How pixels become its input, from the catalogue; `preprocessor` comes first. */
  readonly preprocessing?: ImagePreprocessing;
  /** Names of the classes of its own head, if no config.json says them. */
  readonly labels?: readonly string[];
  /** False for a base of the catalogue that this project has not opened. */
  readonly opened_by_project?: false;
  /** Place of the new head, by the catalogue or the kind of file. */
  readonly cut: string | undefined;
}
