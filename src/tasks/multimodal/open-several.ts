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
import { baseFacts } from "../../core/results/base-facts.js";
import type { TableDataset } from "../../data/index.js";
import { otherColumns } from "../../data/tables/choose-inputs.js";
import { encodedWidth } from "../../data/tables/table-encoding.js";
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
  readonly reader: RowReader;
}

/** An input with its base. Columns have a made one. */
type OpenedInput = RowInput & OpenedBase;

/**
 * Opens the bases of rows with several inputs, and reports them as one.
 * @throws OptionError for another number of bases; ModelError for a base of other inputs
 */
export async function openSeveral(
  data: TableDataset,
  { platform, options, onEvent }: OpenHow,
): Promise<OpenedSeveral> {
  const own = data.columns.filter(({ kind }) => kind === "picture" || kind === "text");
  const given = options.base === undefined ? undefined : await baseRefs(options.base, platform);
  if (given && given.length !== own.length)
    throw new EngraftError(
      "OptionError",
      `--base names ${given.length} ${given.length === 1 ? "model" : "models"}, and the inputs need ${own.length}: ${own.map(({ name, kind }) => `a ${kind} model for ${JSON.stringify(name)}`).join(", ")}`,
      {
        help: `give --base ${own.map(({ kind }) => `${kind.toUpperCase()}BASE`).join("+")}, or leave it out`,
      },
    );
  const quiet = { platform, onEvent: () => undefined };
  const inputs: OpenedInput[] = [];
  for (const [i, { name, kind }] of own.entries())
    inputs.push(
      kind === "picture"
        ? { name, kind, ...(await openBody(given?.[i] ?? defaults.base, { cache: options.cache }, platform)) }
        : { name, kind: "text", ...(await openTextBody(given?.[i] ?? textBaseOf({}), {}, quiet)) },
    );
  const encoding = encodingOf(data);
  const bases = inputs.map(({ base }) => base);
  if (encodedWidth(encoding) > 0) {
    const body = columnsBody(encoding);
    const made = madeBase(otherColumns, body, {
      pretrained: false,
      because: message("table-without-base"),
      fresh: () => new Map(),
    });
    inputs.push({ ...made, name: otherColumns, kind: "columns" });
  }
  const picture = inputs.find(({ kind }) => kind === "picture")?.base.preprocessing;
  const text = bases.find((base) => base.text)?.text;
  const layout = layoutOf(encoding, picture, text !== undefined);
  const body = joinInputs(inputs, picture);
  const key = inputs.map(({ base }) => [
    base.sha256,
    base.preprocessing,
    base.text?.files,
    base.text?.pooling,
  ]);
  const base: OpenedBase["base"] = {
    name: bases.map(({ name }) => name).join("+"),
    sha256: await platform.sha256(JSON.stringify([key, encoding])),
    ...licensesOf(bases),
    preprocessing: picture ?? noPictures,
    imported: {
      ...bases[0]!.imported,
      graph: body.graph,
      notes: bases.flatMap(({ imported }) => imported.notes),
    },
    classes: undefined,
    cut: body.features,
    ...(text && { text }),
    joined: inputs.map((one) => ({
      base: { ...one.base, name: one.name },
      body: { ...one.body, width: one.body.width + 1 },
    })),
    inputStage: (model) => withRows(model, layout),
  };
  onEvent({
    event: "base",
    ...baseFacts(base),
    input: inputs
      .map(
        ({ name, kind, body: { width } }) =>
          `${name} (${kind === "columns" ? "numbers and categories" : kind}, ${width} features)`,
      )
      .join(", "),
    cut: `${body.cut.value}: ${body.cut.because}`,
    features: body.width,
    notes: [
      ...base.imported.notes,
      ...(isPlanned(options) || isSolved(options.strategy)
        ? []
        : [`training changes the base of ${JSON.stringify(inputs[0]!.name)}, and no other one`]),
    ],
  });
  const reader = { columns: data.columns, encoding, layout, ...(text && { tokenizer: text.tokenizer }) };
  return { opened: { base, body }, reader };
}
