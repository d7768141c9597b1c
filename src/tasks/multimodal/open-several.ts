import { licensesOf } from "../../bases/joined/joined-base.js";
import {
  columnsBody,
  joinInputs,
  layoutOf,
  type RowInput,
  withRows,
} from "../../bases/joined/joined-inputs.js";
import { baseRefs } from "../../bases/open/base-refs.js";
import { noPictures } from "../../bases/preprocessing.js";
import { EngraftError } from "../../core/errors.js";
import { message } from "../../core/messages/message.js";
import type { SampleWords } from "../../core/modalities.js";
import { baseFacts } from "../../core/results/base-facts.js";
import type { TableColumn, TableDataset } from "../../data/index.js";
import { count } from "../../data/split/found.js";
import { otherColumns } from "../../data/tables/choose-inputs.js";
import { encodedWidth, type TableEncoding } from "../../data/tables/table-encoding.js";
import { isSolved } from "../../methods/registry.js";
import { isPlanned } from "../../options/is-planned.js";
import { defaults } from "../../options/options.js";
import { madeBase } from "../../run/made-network.js";
import { type OpenedBase, openBody } from "../../run/setup.js";
import { encodingOf } from "../tables/table-network.js";
import type { OpenHow } from "../task-run.js";
import { openTextBody, textBaseOf } from "../texts/open-texts.js";
import type { RowReader } from "./row-tensors.js";

/** The base of each input, joined in one graph, and how rows become its inputs. */
export interface OpenedSeveral {
  readonly opened: OpenedBase;
  /** The network for training from scratch: the same one, whose bases all train. */
  readonly scratch: OpenedBase;
  readonly reader: RowReader;
}

/** An input with its base. Columns have a made one. */
type OpenedInput = RowInput & OpenedBase;

/**
 * Opens the bases of rows with several inputs, and reports them as one.
 * @throws OptionError for another number of bases; ModelError for a base of other inputs
 */
export async function openSeveral(data: TableDataset, how: OpenHow): Promise<OpenedSeveral> {
  const { platform, options, onEvent } = how;
  const own = await openBases(data, how);
  const bases = own.map(({ base }) => base);
  const encoding = encodingOf(data);
  const inputs = encodedWidth(encoding) > 0 ? [...own, columnsInput(encoding)] : own;
  const picture = own.find(({ kind }) => kind === "picture")?.base.preprocessing;
  const text = bases.find((base) => base.text)?.text;
  const layout = layoutOf(encoding, picture, text !== undefined);
  const body = joinInputs(inputs, picture, 1);
  const key = bases.map((base) => [base.sha256, base.preprocessing, base.text?.files, base.text?.pooling]);
  const notes = bases.flatMap(({ imported }) => imported.notes);
  const base: OpenedBase["base"] = {
    name: bases.map(({ name }) => name).join("+"),
    sha256: await platform.sha256(JSON.stringify(key)),
    ...licensesOf(bases),
    preprocessing: picture ?? noPictures,
    imported: { ...bases[0]!.imported, graph: body.graph, notes },
    classes: undefined,
    cut: body.features,
    ...(text && { text }),
    // Features of an input end with its mark.
    joined: inputs.map((one) => ({
      base: { ...one.base, name: one.name },
      body: { ...one.body, width: one.body.width + 1 },
    })),
    inputStage: (model) => withRows(model, layout),
  };
  const first = JSON.stringify(inputs[0]!.name);
  const trains = !isPlanned(options) && !isSolved(options.strategy);
  onEvent({
    event: "base",
    ...baseFacts(base),
    input: inputs.map(({ name, kind, body: { width } }) => `${name} (${kind}, ${width} features)`).join(", "),
    cut: `${body.cut.value}: ${body.cut.because}`,
    features: body.width,
    notes: [...notes, ...(trains ? [`training changes the base of ${first}, and no other one`] : [])],
  });
  const reader = { columns: data.columns, encoding, layout, ...(text && { tokenizer: text.tokenizer }) };
  // The training rows of a seed decide the encoding.
  const ofRows = await platform.sha256(JSON.stringify(encoding));
  const scratch = { base, body: joinInputs(inputs, picture, own.length) };
  return { opened: { base, body, encoding: ofRows }, scratch, reader };
}

/** Opens the base of the picture and of the text. */
async function openBases(
  { columns }: TableDataset,
  { platform, options: { base, cache }, onEvent }: OpenHow,
): Promise<readonly OpenedInput[]> {
  const own = columns.filter(({ kind }) => kind === "picture" || kind === "text");
  const given = base === undefined ? undefined : await baseRefs(base, platform);
  const form = `--base ${own.map(({ kind }) => `${kind.toUpperCase()}BASE`).join("+")}`;
  const needed = own.map(({ name, kind }) => `a ${kind} model for ${JSON.stringify(name)}`).join(", ");
  if (given && given.length !== own.length)
    throw new EngraftError(
      "OptionError",
      `--base names ${count(given.length, "model")}, and the inputs need ${own.length}: ${needed}`,
      { help: `give ${form}, or leave it out` },
    );
  const how: Parameters<typeof openTextBody>[2] = {
    platform,
    onEvent: (event) => (event.event === "base" ? undefined : onEvent(event)),
  };
  const openedOf = (kind: TableColumn["kind"], ref: string | undefined): Promise<OpenedBase> =>
    kind === "picture"
      ? openBody(ref ?? defaults.base, { cache, ...how }, platform)
      : openTextBody(ref ?? textBaseOf({}), {}, how);
  const opened: OpenedInput[] = [];
  // One after the other: both at once take more memory than they need in the end.
  for (const [i, { name, kind }] of own.entries())
    try {
      opened.push({
        name,
        kind: kind as SampleWords<"image" | "text">["one"],
        ...(await openedOf(kind, given?.[i])),
      });
    } catch (error) {
      if (!given || !(error instanceof EngraftError) || error.kind !== "ModelError") throw error;
      const { message, at, help } = error;
      throw new EngraftError("ModelError", message, {
        ...(at !== undefined && { at }),
        help: `${help === undefined ? "" : `${help}; `}the order is ${form}: ${needed}`,
      });
    }
  return opened;
}

/** Returns the input of columns, whose base is made of their encoding. */
function columnsInput(encoding: TableEncoding): OpenedInput {
  const made = madeBase(otherColumns, columnsBody(encoding), {
    pretrained: false,
    because: message("table-without-base"),
    fresh: () => new Map(),
  });
  return { ...made, name: otherColumns, kind: "columns" };
}
