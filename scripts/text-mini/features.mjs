// Computes features of texts (token numbers, without [CLS] and [SEP]).

/** Mean of the encoder's last states over a text's tokens, including [CLS] and [SEP]: float32[N, width]. */
export async function pooledFeatures(session, texts, width, tokensAtOnce = 4096) {
  const out = new Float32Array(texts.length * width);
  // Texts of similar length together, to reduce padding.
  const order = texts.map((_, i) => i).sort((a, b) => texts[a].length - texts[b].length);
  for (let first = 0; first < order.length; ) {
    let last = first;
    while (last < order.length && (last - first + 1) * (texts[order[last]].length + 2) <= tokensAtOnce)
      last++;
    last = Math.max(last, first + 1);
    const rows = order.slice(first, last);
    const length = texts[rows.at(-1)].length + 2;
    const ids = new BigInt64Array(rows.length * length);
    const mask = new BigInt64Array(rows.length * length);
    rows.forEach((text, r) => {
      [2, ...texts[text], 3].forEach((token, i) => {
        ids[r * length + i] = BigInt(token);
        mask[r * length + i] = 1n;
      });
    });
    const dims = [rows.length, length];
    const { last_hidden_state } = await session.run({
      input_ids: { dtype: "int64", dims, data: ids },
      attention_mask: { dtype: "int64", dims, data: mask },
    });
    rows.forEach((text, r) => {
      const tokens = texts[text].length + 2;
      for (let i = 0; i < tokens; i++)
        for (let d = 0; d < width; d++)
          out[text * width + d] += last_hidden_state.data[(r * length + i) * width + d] / tokens;
    });
    first = last;
  }
  return out;
}

/** Mean of the tokens' vectors: float32[N, width]. */
export function vectorFeatures(texts, table, width) {
  const out = new Float32Array(texts.length * width);
  texts.forEach((tokens, t) => {
    for (const token of tokens)
      for (let d = 0; d < width; d++) out[t * width + d] += table[token * width + d] / tokens.length;
  });
  return out;
}
