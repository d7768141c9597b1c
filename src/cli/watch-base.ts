import type { BaseRow } from "../bases/base-row.js";
import { betterBase } from "../bases/better-base.js";
import type { EngraftEvent, OnEvent, TrainedResult } from "../core/events/events.js";
import type { TextScript } from "../core/events/opening-events.js";
import { isWithoutBase } from "../methods/registry.js";
import type { TrainOptions } from "../options/options.js";
import { flagsOf, shellWord } from "../run/command-line.js";
import { labelled } from "./render/labelled.js";
import { megabytes } from "./render/render.js";

/** A larger base than the one of the run. Whether it does better on the data is not known. */
export interface BetterBase extends Pick<BaseRow, "name" | "ref" | "license"> {
  readonly download_mb: number;
  /** The command that trains with it. */
  readonly command: string;
}

/** Options that belong to the base or to the folder of a run: a run with another base does not repeat them. */
const ofThisRun = [
  "base",
  "out",
  // A rate that suits a small base destroys the features of a large one.
  "lr",
  "cut",
  "pooling",
  "mean",
  "std",
  "rescale",
  "channels",
  "imageSize",
] as const;

/** Watches the events of a run, for a larger base. */
export function watchBase(onEvent: OnEvent): {
  readonly onEvent: OnEvent;
  /** Returns the larger base after the run. @returns undefined if the run has a base of its own */
  readonly better: (result: TrainedResult, data: string, options: TrainOptions) => BetterBase | undefined;
} {
  let script: TextScript | undefined;
  return {
    onEvent(event: EngraftEvent) {
      if (event.event === "data") script = event.script;
      onEvent(event);
    },
    better({ base, split }, data, options) {
      // A model without a base would be the same.
      if (isWithoutBase(options.strategy)) return undefined;
      const row = betterBase({ base: base.name, train: split.train, script });
      if (row?.download === undefined) return undefined;
      const { name, ref, license, download } = row;
      const kept = Object.entries(options).filter(([key]) => !(ofThisRun as readonly string[]).includes(key));
      const flags = flagsOf(Object.fromEntries(kept));
      const command = ["engraft train", shellWord(data), ...flags, "--base", name].join(" ");
      return { name, ref, license, download_mb: download, command };
    },
  };
}

/** Returns the lines on a larger base. The command is not wrapped, so that it is copied as one line. */
export function renderBetterBase({ name, license, download_mb, command }: BetterBase): string[] {
  return [
    ...labelled("larger", `${name} is a larger base (${megabytes(download_mb)} download, ${license}):`),
    `           ${command}`,
  ];
}
