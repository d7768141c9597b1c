import type { Body } from "../bases/body.js";
import { headValues, type LinearHead } from "../bases/heads.js";
import { noPictures } from "../bases/preprocessing.js";
import { isWithoutBase } from "../methods/registry.js";
import { defaults } from "../options/options.js";
import { rowTable } from "../train/objectives/row-table.js";
import type { Context } from "./context.js";
import { type MadeNetwork, type OpenedBase, openTrunk, type Trunk } from "./setup.js";
import { emptyNetwork } from "./training/planned.js";

/** Returns a network made for the data in place of a pretrained base. */
export function madeBase(
  name: string,
  body: Body,
  made: MadeNetwork,
): OpenedBase & { readonly made: MadeNetwork } {
  const base: OpenedBase["base"] = {
    name,
    sha256: "",
    license: "your data's",
    licenseText: undefined,
    preprocessing: noPictures,
    classes: undefined,
    cut: undefined,
    imported: { graph: body.graph, opset: 18, irVersion: 8, producer: "", storedAs: new Map(), notes: [] },
  };
  return { base, body, made };
}

/** Returns the random head of the run's seed. */
export function freshHead(context: Context): LinearHead {
  const { opened, options } = context;
  const weights = opened.made!.fresh(emptyNetwork(context), options.seed ?? defaults.seed);
  const dataOf = (name: string) => weights.get(name)!.data as Float32Array;
  return { weight: dataOf(headValues.weight), bias: dataOf(headValues.bias) };
}

/** Computes no features in advance: for a small network they cost less than reading a cache. */
export const trunkWithoutFeatures = async ({ opened }: Pick<Context, "opened">): Promise<Trunk> => ({
  missing: async () => [],
  features: async () => rowTable(0, opened.body.width),
  close: async () => undefined,
});

/** Opens the frozen network of a run. A strategy without a base has no features. */
export const trunkOfRun = (context: Context): Promise<Trunk> => {
  const { opened, machine, options, onEvent, inputs } = context;
  return isWithoutBase(options.strategy)
    ? trunkWithoutFeatures(context)
    : openTrunk(opened, machine.runtime, machine.platform, { ...options, onEvent }, inputs);
};
