import type { Extractor, PreprocessorConfig } from "./extractors.js";
import type { FrameGrid } from "./frame-grid.js";

/** What an audio model needs besides its weights. */
export interface AudioFacts {
  /** Its `preprocessor_config.json`, or what its input's shape says. */
  readonly preprocessor: PreprocessorConfig;
  /** True if the folder of the file has no `preprocessor_config.json`. */
  readonly assumed?: boolean;
  readonly extractor: Extractor;
  /** True if the file takes patches of YAMNet's front end, which then becomes part of the graph. */
  readonly patches?: boolean;
  /** Frames of a base with an `attention_mask` in which padding changes no frame of a clip. */
  readonly grid?: FrameGrid;
  /** True if samples below `paddingBelow` mark the end of a clip: clips of different lengths share a batch. */
  readonly masked: boolean;
  /** The only input size that the file accepts, without the batch; undefined if the length is free. */
  readonly fixed?: readonly number[];
  /** Its config.json; empty if there is none. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Characters of a recogniser, by class; undefined for another base. */
  readonly tokens?: readonly string[];
}
