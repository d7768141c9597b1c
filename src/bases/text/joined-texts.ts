import { EngraftError } from "../../core/errors.js";
import { joinTokenizers } from "../../data/texts/join-tokenizers.js";
import { Graph } from "../../graph/graph.js";
import type { Body } from "../body.js";
import { joinBodies, licensesOf, nameOfBases, requireDifferent } from "../joined/joined-base.js";
import { type Base, nameOfEncoder, type TextFacts } from "../open/open-base.js";
import { noPictures } from "../preprocessing.js";
import { type OpenTextBaseOptions, openTextBase } from "./text-base.js";
import { textBody, tokenInput, tokensOfEncoder } from "./text-body.js";

/** Encoders that are joined. The padded lengths of token rows are multiples of it. */
const encoders = 2;

/** A text base, cut at its features. */
export interface OpenedTexts {
  readonly base: Base & { readonly text: TextFacts };
  readonly body: Body;
}

/**
 * Opens two text encoders as one, with a tokenizer each. A row of tokens holds those of both by turns: a₁ b₁ a₂ b₂ …, int32[batch, 2 · length].
 * @throws OptionError for another number of bases, two equal ones, or `cut`; ModelError for encoders of different fixed lengths
 */
export async function openJoinedTexts(
  refs: readonly string[],
  options: OpenTextBaseOptions,
  pairs: boolean,
): Promise<OpenedTexts> {
  if (refs.length !== encoders)
    throw new EngraftError("OptionError", `${refs.length} text encoders are joined, and 2 are possible`, {
      help: "give two bases: --base A+B",
    });
  if (options.cut !== undefined)
    throw new EngraftError("OptionError", "the option cut is for one base, and 2 are joined", {
      help: "leave it out, or give one base",
      details: { option: "cut" },
    });
  const bases: OpenedTexts["base"][] = [];
  for (const ref of refs) bases.push(await openTextBase(ref, options));
  requireDifferent(bases, refs);
  const texts = bases.map(({ text }) => text);
  const fixed = [...new Set(texts.map((text) => text.fixed))];
  if (fixed.length > 1)
    throw new EngraftError(
      "ModelError",
      `the bases take texts of different lengths: ${texts.map((text) => (text.fixed === undefined ? "any" : `${text.fixed} tokens`)).join(", ")}`,
      { help: "export both encoders with a symbolic length, or give one base" },
    );
  const tokenizer = joinTokenizers(texts.map((text) => text.tokenizer));
  const { graph, bodies, features } = joinEncoders(bases, pairs);
  const { platform } = options;
  const [first] = texts as [TextFacts];
  const key = bases.map(({ sha256, text: { files, pooling, window } }) => [sha256, files, pooling, window]);
  const base: OpenedTexts["base"] = {
    name: nameOfBases(bases),
    ...licensesOf(bases),
    sha256: await platform.sha256(JSON.stringify(key)),
    encoders,
    preprocessing: noPictures,
    imported: { ...bases[0]!.imported, graph, notes: bases.flatMap(({ imported }) => imported.notes) },
    classes: undefined,
    cut: features,
    text: {
      ...first,
      tokenizer,
      fixed: first.fixed === undefined ? undefined : encoders * first.fixed,
      parts: texts,
    },
    joined: bases.map((one, i) => ({ base: one, body: bodies[i]! })),
  };
  const because = "the features of both encoders, each as a row of one length";
  const width = bodies.reduce((sum, body) => sum + body.width, 0);
  return { base, body: { graph, cut: { value: features, because }, pooling: "none", features, width } };
}

/** Joins encoders in one graph with one input of tokens. */
function joinEncoders(bases: readonly OpenedTexts["base"][], pairs: boolean) {
  const bodies = bases.map(({ imported, cut, text: { tokenizer, pooling, window } }) =>
    textBody(imported.graph, { pooling, pad: tokenizer.pad, pairs, window, cut }),
  );
  const graph = new Graph(nameOfBases(bases));
  const tokens = graph.input(tokenInput, { dtype: "int32", shape: ["batch", "length"] });
  const longest = Math.max(...bases.map(({ text }) => text.tokenizer.longest));
  const features = joinBodies(graph, bodies, (g, i) => {
    const read = tokensOfEncoder(i);
    const [starts, ends, axes, steps] = [i, 2 ** 31 - 1, 1, encoders].map((n) => g.ints([n]));
    graph.push(
      {
        kind: "op",
        op: "Slice",
        name: read,
        inputs: [tokens, starts!, ends!, axes!, steps!],
        outputs: [read],
        attributes: {},
      },
      [{ dtype: "int32", shape: ["batch", nameOfEncoder("own_length", i)] }],
    );
    const { tokenizer, fixed, window } = bases[i]!.text;
    // A row is as long as the longer tokens: an encoder must not read beyond its own positions.
    return fixed === undefined && window === undefined && tokenizer.longest < longest
      ? g.slice(read, { starts: [0], ends: [tokenizer.longest], axes: [1] })
      : read;
  });
  return { graph, bodies, features };
}
