import { type AdaptationRow, adaptations } from "../../methods/adapt/registry.js";
import { distillMethods } from "../../methods/distillation/settings.js";
import { loopSettings } from "../../methods/loop-settings.js";
import { type StrategyRow, strategies } from "../../methods/registry.js";
import type { Settings } from "../../methods/settings.js";
import { scheduleNames } from "../../optim/names.js";
import { weightings } from "../../train/objectives/multi-task.js";
import { type CommandName, commands } from "./options.js";
import { kebab, type OptionInfo, optionsOf } from "./parse.js";

const commonNames = new Set(["help", "json", "quiet", "verbose", "seed", "threads"]);

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

function optionRow({ name, value, description, otherwise }: OptionInfo): readonly [string, string] {
  const left = value === undefined ? `--${name}` : `--${name} ${value}`;
  return [left, otherwise === undefined ? description : `${description} (default: ${otherwise})`];
}

/** `engraft --help` */
export function programHelp(version: string): string {
  const rows = Object.values(commands).map((c) => [`${c.name} ${c.usage}`, c.summary] as const);
  return [
    `engraft ${version}: transfer learning on any ONNX model`,
    "",
    "Usage",
    "  engraft <command> [options]",
    "",
    "Commands",
    ...rows.flatMap(([left, right]) => [`  ${left}`, `      ${right}`]),
    "",
    "Options of every command",
    ...table(
      optionsOf(commands.train)
        .filter((o) => commonNames.has(o.name))
        .map(optionRow),
    ),
    "  --version  (engraft --version) the version",
    "",
    "  engraft <command> --help shows the options of a command.",
    "",
  ].join("\n");
}

/** Every strategy with what it can be told. */
function strategyTable(): string[] {
  return table([
    ...Object.entries<StrategyRow>(strategies).flatMap(([name, { does, settings }]) => [
      [name, does] as const,
      ...settingRows(settings),
    ]),
    ["", ""],
    ["all but probe", `schedules: ${scheduleNames.join(", ")}`],
    ...settingRows(loopSettings),
  ]).map((line) => line.trimEnd());
}

/** Every method of adaptation, or of learning from a teacher, with what it can be told. */
function methodTable(methods: Readonly<Record<string, Pick<AdaptationRow, "does" | "settings">>>): string[] {
  return table(
    Object.entries(methods).flatMap(([name, { does, settings }]) => [
      [name, does] as const,
      ...settingRows(settings),
    ]),
  ).map((line) => line.trimEnd());
}

function settingRows(settings: Settings): (readonly [string, string])[] {
  return Object.entries(settings).map(([name, { description, otherwise }]) => [
    `  ${kebab(name)}=${otherwise}`,
    `  ${description}`,
  ]);
}

function weightingTable(): string[] {
  return table(Object.entries(weightings).map(([name, { does }]) => [name, does] as const));
}

/** `engraft train --help` */
export function commandHelp(name: CommandName): string {
  const spec = commands[name];
  const options = optionsOf(spec);
  const own = options.filter((o) => !commonNames.has(o.name)).map(optionRow);
  const shared = options.filter((o) => commonNames.has(o.name)).map(optionRow);
  return [
    `engraft ${spec.name}: ${spec.summary}`,
    "",
    "Usage",
    `  engraft ${spec.name} ${spec.usage} [options]`,
    "",
    ...(own.length > 0 ? ["Options", ...table(own), ""] : []),
    ...(name === "distill"
      ? ["Methods, with the defaults of their options", ...methodTable(distillMethods), ""]
      : []),
    ...(name === "multi-task" ? ["Weightings", ...weightingTable(), ""] : []),
    ...(name === "train" ? ["Strategies, with the defaults of their options", ...strategyTable(), ""] : []),
    ...(name === "adapt"
      ? ["Methods, with the defaults of their options", ...methodTable(adaptations), ""]
      : []),
    ...(name === "compare"
      ? [
          "Each strategy and its options: engraft train --help. An option goes to every strategy that has it.",
          "",
        ]
      : []),
    "Options of every command",
    ...table(shared),
    "",
    "Examples",
    ...spec.examples.map((line) => `  ${line}`),
    "",
  ].join("\n");
}
