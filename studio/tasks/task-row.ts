import type { ComponentType } from "preact";
import type { Sample } from "../../src/studio/project.js";
import type { ProjectKind, SampleKind } from "../../src/studio/project-kinds.js";
import type { TryInput } from "../engine/try-queue.js";
import type { Draft } from "../store/store.js";

/** Props of the part of a class card that gathers samples: a camera, a microphone, a text box. */
export interface GatherProps {
  /** Id of the class. */
  readonly class: string;
  /** Adds samples. Give samples of one recording the same `group`, an id of `newId()`. */
  readonly onDrafts: (drafts: readonly Draft[], group?: string) => Promise<void>;
  /** True for the card that the record key works on. */
  readonly selected: boolean;
}

/** Props of the source of inputs on the Try page. */
export interface SourceProps {
  /** Call it with each new input, as often as there is one. A newer input replaces one that waits. Without one: the input is gone. */
  readonly onInput: (input?: TryInput) => void;
  /** True while the user has paused. */
  readonly paused: boolean;
}

/** How samples with a class look in the studio: on class cards. */
export interface SamplesRow {
  readonly kind: SampleKind;
  readonly data: "samples";
  /** Input of the programs on the page Use. */
  readonly example: string;
  /** `accept` of its file inputs. */
  readonly accept: string;
  /** Part of a class card that gathers samples. */
  readonly Gather: ComponentType<GatherProps>;
  /** Part of the page Samples above the class cards: opens a list, or proposes a class. */
  readonly Above?: ComponentType;
  /** A sample as a tile of its class card. */
  readonly Tile: ComponentType<{ readonly sample: Sample }>;
  /** Least width, and height, of a tile in CSS pixels. Tiles grow to fill their row. Default 88 × 88. */
  readonly tileSize?: { readonly width: number; readonly height: number };
  /** Source of inputs on the page Try. */
  readonly Source: ComponentType<SourceProps>;
  /** Turns chosen or dropped files into drafts. @throws EngraftError for a file that cannot be used */
  readonly draftsOf: (files: readonly File[]) => Promise<readonly Draft[]>;
}

/** How files that `engraft train` reads look in the studio. The files decide the task. There is no quick model. */
export interface FilesRow {
  readonly kind: Exclude<ProjectKind, SampleKind>;
  readonly data: "files";
  /** The page Samples. */
  readonly Page: ComponentType;
  /** Source of inputs on the page Try. */
  readonly Source: ComponentType<SourceProps>;
}

/** How a kind of data looks in the studio. */
export type TaskRow = SamplesRow | FilesRow;
