/** Places of a dense detector: one for each cell of each feature level. */
export interface Places {
  /** Number of places of all levels. */
  readonly count: number;
  /** float32[count, 2]: x and y in pixels of the network's input. */
  readonly points: Float32Array;
  /** float32[count, 2]: width and height of a cell in pixels of the network's input. */
  readonly strides: Float32Array;
  readonly levels: readonly {
    readonly stride: number;
    readonly height: number;
    readonly width: number;
    /** Position of the level's first place. */
    readonly first: number;
  }[];
}
