import type { BertOptions } from "../../src/bases/architectures/index.js";
import type { Graph } from "../../src/graph/graph.js";
import type { TrainableValue } from "../../src/train/step/step.js";

export function maskedNetwork(
  options: BertOptions,
  sizes: { readonly rows: number; readonly length: number; readonly count: number },
): Graph;
export function pairNetwork(
  options: BertOptions,
  sizes: { readonly batch: number; readonly length: number; readonly temperature: number },
): Graph;
export function wordPairNetwork(
  options: Pick<BertOptions, "vocabulary" | "width" | "vectors">,
  sizes: { readonly batch: number; readonly length: number; readonly temperature: number },
): Graph;
export function fillWeights(graph: Graph, seed: number): void;
export function trainables(graph: Graph, frozen?: readonly string[]): TrainableValue[];
