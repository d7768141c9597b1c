import { type AdaptationRow, adaptations } from "../../methods/adapt/registry.js";
import { distillMethods } from "../../methods/distillation/settings.js";
import { loopSettings } from "../../methods/loop-settings.js";
import { type StrategyRow, strategies } from "../../methods/registry.js";
import type { Settings } from "../../methods/settings.js";
import { scheduleNames } from "../../optim/names.js";
import { type OptionGroup, optionGroups } from "../../options/option-places.js";
import { weightings } from "../../train/objectives/multi-task.js";
import { wrap } from "../render/labelled.js";
import { lineWidth } from "../terminal-text.js";
import { type CommandGroup, common } from "./command-spec.js";
import { commandGroups, type HelpTopic, placeOf } from "./help-groups.js";
import { type CommandOption, kebab, optionsOfCommand } from "./option-owners.js";
import { type CommandName, commands } from "./options.js";

type Row = readonly [left: string, right: string];
/** Columns before a description. A longer name gets its own line. */
const left = 24;

/** Two columns, at most 80 characters wide. In a narrow terminal the descriptions stand below the names. */
function table(rows: readonly Row[], wide = left): string[] {
  const width = lineWidth() < 60 ? 6 : wide;
  return rows.flatMap(([name, text]) => {
    const [first = "", ...more] = wrap(text, lineWidth() - width);
    const indented = more.map((line) => " ".repeat(width) + line);
    const start = `  ${name}`;
    return start.length < width - 1
      ? [`${start.padEnd(width)}${first}`.trimEnd(), ...indented]
      : [start, `${" ".repeat(width)}${first}`, ...indented];
  });
}

function optionRow({ name, value, description, otherwise }: CommandOption): Row {
  return [
    value === undefined ? `--${name}` : `--${name} ${value}`,
    otherwise === undefined ? description : `${description} (default: ${otherwise})`,
  ];
}

/** `engraft --help` */
export function programHelp(version: string): string {
  const all = Object.values(commands);
  const groups = (Object.keys(commandGroups) as CommandGroup[]).flatMap((group) => [
    commandGroups[group],
    ...table(
      all.filter((one) => one.group === group).map((one) => [one.name, one.summary]),
      15,
    ),
    "",
  ]);
  return [
    `engraft ${version}: transfer learning on any ONNX model`,
    "",
    "Usage",
    "  engraft <command> [options]",
    "  engraft <command> --help",
    "",
    ...groups,
    "Options of every command",
    ...table(commonRows()),
    ...table([["--version", "print the version"]]),
    "",
    "Engraft sends nothing about you or your data. Only bases of a hub (hf:org/name)",
    "and push use the network.",
    "",
  ].join("\n");
}

/** Options that every command has. */
const isCommon = ({ field }: CommandOption): boolean => field in common;
const commonRows = (): Row[] => optionsOfCommand(commands.train).filter(isCommon).map(optionRow);

/** `engraft train --help strategies`: every strategy with its options. */
function strategyHelp(): string[] {
  return [
    "Strategies of engraft train --strategy NAME, with their options",
    "(--option NAME=VALUE) and defaults",
    "",
    ...table([
      ...Object.entries<StrategyRow>(strategies).flatMap(([name, { does, settings }]): Row[] => [
        [name, does],
        ...settingRows(settings),
      ]),
    ]),
    "",
    "Options of every strategy that trains by steps (all but probe)",
    ...table([...settingRows(loopSettings), ["--schedule NAME", scheduleNames.join(", ")]]),
    "",
  ];
}

/** Methods of adaptation or distillation, with their options. */
function methodTable(methods: Readonly<Record<string, Pick<AdaptationRow, "does" | "settings">>>): string[] {
  return table(
    Object.entries(methods).flatMap(([name, { does, settings }]): Row[] => [
      [name, does],
      ...settingRows(settings),
    ]),
  );
}

function settingRows(settings: Settings): Row[] {
  return Object.entries(settings).map(([name, { description, otherwise }]) => [
    `  ${kebab(name)}=${otherwise}`,
    description,
  ]);
}

/** Text below the options of some commands. */
const appendices: Partial<Record<CommandName, () => readonly string[]>> = {
  distill: () => ["Methods, with their options and defaults", ...methodTable(distillMethods), ""],
  adapt: () => ["Methods, with their options and defaults", ...methodTable(adaptations), ""],
  "multi-task": () => [
    "Weightings",
    ...table(Object.entries(weightings).map(([name, { does }]): Row => [name, does])),
    "",
  ],
};

/** `engraft train --help`; with the topic "all" every option, with "strategies" the strategies. */
export function commandHelp(name: CommandName, topic?: HelpTopic): string {
  if (topic === "strategies") return strategyHelp().join("\n");
  const spec = commands[name];
  const own = optionsOfCommand(spec).filter((one) => !isCommon(one));
  const shown = own.filter(({ field }) => topic === "all" || placeOf(field, name)[1] === "basic");
  const groups = (Object.keys(optionGroups) as OptionGroup[]).flatMap((group) => {
    const rows = shown.filter(({ field }) => placeOf(field, name)[0] === group).map(optionRow);
    return rows.length > 0 ? [optionGroups[group], ...table(rows), ""] : [];
  });
  const hidden = own.length - shown.length;
  const takesStrategies = own.some(({ field }) => field === "strategy" || field === "strategies");
  const more: Row[] = [
    ...(hidden > 0 ? [[`engraft ${name} --help all`, `all options (${hidden} more)`] as const] : []),
    ...(takesStrategies
      ? [["engraft train --help strategies", "strategies and their options"] as const]
      : []),
  ];
  return [
    ...wrap(`engraft ${spec.name}: ${spec.summary}`, lineWidth()),
    "",
    "Usage",
    `  engraft ${spec.name} ${spec.usage} [options]`,
    "",
    "Examples",
    ...spec.examples.map((line) => `  ${line}`),
    "",
    ...groups,
    ...(appendices[name]?.() ?? []),
    "Options of every command",
    ...table(commonRows()),
    "",
    ...(more.length > 0 ? ["More", ...table(more, 36), ""] : []),
  ].join("\n");
}
