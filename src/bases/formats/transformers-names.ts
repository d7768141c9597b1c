// Where the weights of a BERT-type encoder stand in a file of Transformers, by its model_type. The graph has BERT's names.

/** How an encoder's file differs from BERT's. */
export interface EncoderForm {
  /** Begin of the names of a model with a head: "roberta.encoder…". */
  readonly prefix: string;
  /** Rows of the table of positions before the first one: RoBERTa's begin behind the padding's number. */
  readonly firstPosition: 0 | 2;
  /** Names of fields of config.json that differ from BERT's. */
  readonly fields?: Readonly<Partial<Record<EncoderField, string>>>;
  /** Names of weights in the file, for parts of BERT's name. */
  readonly names?: readonly (readonly [bert: RegExp, own: string])[];
  /** True if heads add a number for each distance between tokens: `relative_attention_num_buckets`. */
  readonly hasDistances?: true;
  /** True if it has no segments. */
  readonly isWithoutTypes?: true;
}

/** Fields of config.json that give sizes. */
export type EncoderField =
  | "vocab_size"
  | "hidden_size"
  | "num_hidden_layers"
  | "num_attention_heads"
  | "intermediate_size"
  | "max_position_embeddings"
  | "hidden_act";

const roberta: EncoderForm = { prefix: "roberta.", firstPosition: 2 };

/** Encoders that are read, by `model_type`. E5, BGE, GTE, MiniLM and the Chinese ones are BERT or XLM-R. */
export const encoderForms: Readonly<Record<string, EncoderForm>> = {
  bert: { prefix: "bert.", firstPosition: 0 },
  roberta,
  "xlm-roberta": roberta,
  camembert: roberta,
  mpnet: {
    prefix: "mpnet.",
    firstPosition: 2,
    isWithoutTypes: true,
    hasDistances: true,
    names: [
      [/^encoder\.layer\.(\d+)\.attention\.self\.query/, "encoder.layer.$1.attention.attn.q"],
      [/^encoder\.layer\.(\d+)\.attention\.self\.key/, "encoder.layer.$1.attention.attn.k"],
      [/^encoder\.layer\.(\d+)\.attention\.self\.value/, "encoder.layer.$1.attention.attn.v"],
      [/^encoder\.layer\.(\d+)\.attention\.output\.dense/, "encoder.layer.$1.attention.attn.o"],
      [/^encoder\.layer\.(\d+)\.attention\.output\.LayerNorm/, "encoder.layer.$1.attention.LayerNorm"],
    ],
  },
  electra: { prefix: "electra.", firstPosition: 0 },
  distilbert: {
    prefix: "distilbert.",
    firstPosition: 0,
    isWithoutTypes: true,
    fields: {
      hidden_size: "dim",
      num_hidden_layers: "n_layers",
      num_attention_heads: "n_heads",
      intermediate_size: "hidden_dim",
      hidden_act: "activation",
    },
    names: [
      [/^encoder\.layer\.(\d+)\.attention\.self\.query/, "transformer.layer.$1.attention.q_lin"],
      [/^encoder\.layer\.(\d+)\.attention\.self\.key/, "transformer.layer.$1.attention.k_lin"],
      [/^encoder\.layer\.(\d+)\.attention\.self\.value/, "transformer.layer.$1.attention.v_lin"],
      [/^encoder\.layer\.(\d+)\.attention\.output\.dense/, "transformer.layer.$1.attention.out_lin"],
      [/^encoder\.layer\.(\d+)\.attention\.output\.LayerNorm/, "transformer.layer.$1.sa_layer_norm"],
      [/^encoder\.layer\.(\d+)\.intermediate\.dense/, "transformer.layer.$1.ffn.lin1"],
      [/^encoder\.layer\.(\d+)\.output\.dense/, "transformer.layer.$1.ffn.lin2"],
      [/^encoder\.layer\.(\d+)\.output\.LayerNorm/, "transformer.layer.$1.output_layer_norm"],
    ],
  },
};

/** Returns the names that a weight may have in a file, the most usual first. @param name BERT's */
export function namesInFile(name: string, { prefix, names = [] }: EncoderForm): readonly string[] {
  const row = names.find(([bert]) => bert.test(name));
  const own = row ? name.replace(row[0], row[1]) : name;
  // The first BERT files call scale and shift of a norm gamma and beta.
  const old = own
    .replace(/LayerNorm\.weight$/, "LayerNorm.gamma")
    .replace(/LayerNorm\.bias$/, "LayerNorm.beta");
  return [own, `${prefix}${own}`, old, `${prefix}${old}`];
}
