// Sounds and data of the stand-in for `engraft/web`.
import { message, warningText } from "../../src/core/messages/message.js";

const scope = globalThis as unknown as {
  OfflineAudioContext: new (
    channels: number,
    length: number,
    rate: number,
  ) => { decodeAudioData(bytes: ArrayBuffer): Promise<{ getChannelData(channel: number): Float32Array }> };
};

/** Samples of a sound file at 16 kHz. */
export const samplesOf = async (file: Blob): Promise<Float32Array> =>
  (
    await new scope.OfflineAudioContext(1, 1, 16_000).decodeAudioData(await file.arrayBuffer())
  ).getChannelData(0);

/** Share of samples at which a sound crosses zero, in eight parts: its pitch. The last value differs between recordings of one tone. */
export const pitchesOf = (samples: Float32Array): number[] => [
  ...Array.from({ length: 8 }, (_, i) => {
    const part = samples.subarray((i * samples.length) / 8, ((i + 1) * samples.length) / 8);
    const crossings = part.filter((v, k) => k > 0 && v < 0 !== part[k - 1]! < 0).length;
    return (4 * crossings) / Math.max(1, part.length);
  }),
  (samples[0] ?? 0) / 1000,
];

interface DataFile {
  readonly path: string;
  readonly content: Blob;
}

interface DataOptions {
  readonly task?: string;
  readonly target?: string;
  readonly ignore?: string;
  readonly categories?: string;
}

const common = {
  duplicates: { exact: 0, near: 0, across_parts: 0 },
  leaks: [],
  samples: [],
  fingerprint: "",
};
const splitsOf = (n: number) => {
  const [train, test] = [Math.ceil(0.6 * n), Math.floor(0.2 * n)];
  return { train, validation: n - train - test, test };
};

/** What a training would learn: a table with commas, texts if a column has this name, folders of classes, or the made-up task of `series.csv`. */
export async function inspectData(files: readonly DataFile[], options: DataOptions = {}) {
  const [only] = files;
  if (only!.path === "series.csv")
    return { ...common, task: "custom-sensor-levels", splits: splitsOf(120), skipped: [], warnings: [] };
  if (files.length === 1 && only!.path.endsWith(".csv"))
    return inspectTable(await only!.content.text(), options);
  const isSample = ({ path }: DataFile): boolean => /\.(jpg|wav)$/.test(path);
  const classes = new Map<string, number>();
  for (const file of files.filter(isSample)) {
    const name = file.path.split("/").at(-2) ?? "";
    classes.set(name, (classes.get(name) ?? 0) + 1);
  }
  return {
    ...{ ...common, task: options.task ?? "image-classification" },
    splits: splitsOf(files.filter(isSample).length),
    classes: [...classes].map(([name, n]) => ({ name, ...splitsOf(n) })),
    skipped: files
      .filter((one) => !isSample(one))
      .map(({ path }) => ({ item: path, reason: "its format cannot be read" })),
    warnings: [],
  };
}

function inspectTable(text: string, { target, ignore, categories }: DataOptions) {
  const [header, ...lines] = text.trim().split("\n");
  const names = header!.split(",");
  if (names.length < 2)
    throw Object.assign(new Error("the table has one column"), {
      kind: "DataError",
      help: "separate values by commas",
    });
  const rows = lines.map((line) => line.split(","));
  if (names.includes("text"))
    return {
      ...common,
      task: "text-classification",
      splits: splitsOf(lines.length),
      skipped: [],
      warnings: [],
    };
  const learnt = target ?? names.at(-1)!;
  const cells = (name: string): string[] => rows.map((row) => row[names.indexOf(name)]!);
  const isNumeric = (name: string): boolean =>
    cells(name).every((cell) => cell === "" || !Number.isNaN(Number(cell)));
  const useOf = (name: string): string => {
    if (name === learnt) return "target";
    const isConstant = rows.length > 5 && new Set(cells(name)).size === 1;
    if (isConstant || ignore?.split(",").includes(name)) return "left out";
    return isNumeric(name) && !categories?.split(",").includes(name) ? "number" : "category";
  };
  const constant = { why: "it has one value only", message: message("column-constant") };
  const columns = names.map((name) => ({
    ...{ name, use: useOf(name), values: cells(name).slice(0, 3) },
    ...(useOf(name) === "left out" && constant),
  }));
  const values = cells(learnt).map(Number);
  const found = isNumeric(learnt)
    ? {
        task: "tabular-regression",
        numbers: [{ name: learnt, least: Math.min(...values), mean: values[0]!, most: Math.max(...values) }],
      }
    : {
        task: "tabular-classification",
        classes: [...new Set(cells(learnt))].map((name) => ({
          name,
          ...splitsOf(cells(learnt).filter((one) => one === name).length),
        })),
      };
  const warnings =
    rows.length < 50 ? [warningText("unlabelled", message("unlabelled-rows", { rows: rows.length }))] : [];
  const skipped = rows.length < 30 ? [] : [{ item: "houses.csv, line 3", reason: 'has no "price"' }];
  return { ...common, ...found, columns, splits: splitsOf(rows.length), skipped, warnings };
}
