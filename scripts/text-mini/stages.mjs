// The stages of the pretraining: trained weights and batches of each.
import { parallelTexts } from "./corpus.mjs";
import { maskedBatches } from "./masking.mjs";
import { maskedNetwork, pairNetwork, wordPairNetwork } from "./networks.mjs";
import { pairBatches } from "./pairs.mjs";
import { spellings } from "./words.mjs";

/** Name of the words' vectors, which are frozen in the masked stage. */
export const wordVectorsName = "embeddings.word_embeddings.weight";

/**
 * @returns stages: `model()`, logits per batch `batch`, tokens per step, `feeds(from, to)`, `frozen` weights, and
 * training settings
 */
export function stagesOf(recipe, { corpora, vocabulary, encode, folder }) {
  const network = { ...recipe.network, vocabulary: vocabulary.size };
  const { words, masked, pairs, seed } = recipe;
  const count = Math.round(masked.share * masked.length);
  const parts = spellings(vocabulary);
  let translations;
  const translated = () => {
    translations ??= parallelTexts(folder).map(([en, zh]) => [encode(en), encode(zh)]);
    return translations.filter(([en, zh]) => en.length > 0 && zh.length > 0);
  };
  const ofPairs = (name, settings, model) => ({
    ...settings,
    name,
    model,
    frozen: [],
    batch: 2 * settings.batch,
    tokens: 2 * settings.batch * settings.length,
    feeds: (from, to) =>
      pairBatches(corpora, translated(), { seed, pairs: settings, key: name, parts }, from, to),
  });
  return [
    ofPairs("words", words, () => wordPairNetwork(network, words)),
    {
      ...masked,
      name: "masked",
      model: () => maskedNetwork(network, { ...masked, count }),
      frozen: [wordVectorsName, "output.dense.weight", "output.dense.bias"],
      batch: masked.rows * count,
      tokens: masked.rows * masked.length,
      feeds: (from, to) => maskedBatches(corpora, vocabulary, { seed, masked, network, parts }, from, to),
    },
    ofPairs("pairs", pairs, () => pairNetwork(network, pairs)),
  ];
}
