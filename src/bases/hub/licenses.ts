/**
 * Licence identifiers of the Hugging Face hub: the `License` type of @huggingface/hub 2.17.5, read on 2026-11-23,
 * without `unknown` and `other`, which name no licence.
 * @see https://huggingface.co/docs/hub/repositories-licenses
 */
export const hubLicenses: ReadonlySet<string> = new Set(
  `apache-2.0 mit openrail bigscience-openrail-m creativeml-openrail-m bigscience-bloom-rail-1.0 bigcode-openrail-m
  afl-3.0 artistic-2.0 bsl-1.0 bsd bsd-2-clause bsd-3-clause bsd-3-clause-clear c-uda cc cc0-1.0 cc-by-2.0 cc-by-2.5
  cc-by-3.0 cc-by-4.0 cc-by-sa-3.0 cc-by-sa-4.0 cc-by-nc-2.0 cc-by-nc-3.0 cc-by-nc-4.0 cc-by-nd-4.0 cc-by-nc-nd-3.0
  cc-by-nc-nd-4.0 cc-by-nc-sa-2.0 cc-by-nc-sa-3.0 cc-by-nc-sa-4.0 cdla-sharing-1.0 cdla-permissive-1.0
  cdla-permissive-2.0 wtfpl ecl-2.0 epl-1.0 epl-2.0 etalab-2.0 eupl-1.1 agpl-3.0 gfdl gpl gpl-2.0 gpl-3.0 lgpl lgpl-2.1
  lgpl-3.0 isc lppl-1.3c ms-pl mpl-2.0 odc-by odbl openrail++ osl-3.0 postgresql ofl-1.1 ncsa unlicense zlib pddl
  lgpl-lr deepfloyd-if-license llama2 llama3 llama3.1 llama3.2 llama3.3 gemma apple-ascl apple-amlr`.split(
    /\s+/,
  ),
);

/** Full names and SPDX identifiers that differ from the hub's identifier by more than case and punctuation. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  mit: ["MIT License (MIT)"],
  "afl-3.0": ["Academic Free License 3.0"],
  "bsl-1.0": ["Boost Software License 1.0", "Boost 1.0"],
  "bsd-2-clause": ['BSD 2-Clause "Simplified" License'],
  "bsd-3-clause": ['BSD 3-Clause "New" or "Revised" License'],
  "c-uda": ["C-UDA-1.0", "Computational Use of Data Agreement"],
  "cc0-1.0": ["CC0", "Creative Commons Zero 1.0 Universal"],
  "cdla-sharing-1.0": ["Community Data License Agreement Sharing 1.0"],
  "cdla-permissive-1.0": ["Community Data License Agreement Permissive 1.0"],
  "cdla-permissive-2.0": ["Community Data License Agreement Permissive 2.0"],
  "ecl-2.0": ["Educational Community License 2.0"],
  "epl-1.0": ["Eclipse Public License 1.0"],
  "epl-2.0": ["Eclipse Public License 2.0"],
  "etalab-2.0": ["Etalab Open License 2.0"],
  "eupl-1.1": ["European Union Public License 1.1"],
  "agpl-3.0": ["GNU Affero General Public License 3.0"],
  gfdl: ["GFDL-1.1", "GFDL-1.2", "GFDL-1.3"],
  "gpl-2.0": ["GNU General Public License 2.0"],
  "gpl-3.0": ["GNU General Public License 3.0"],
  "lgpl-2.1": ["GNU Lesser General Public License 2.1"],
  "lgpl-3.0": ["GNU Lesser General Public License 3.0"],
  "lppl-1.3c": ["LaTeX Project Public License 1.3c"],
  "ms-pl": ["Microsoft Public License"],
  "mpl-2.0": ["Mozilla Public License 2.0"],
  "odc-by": ["ODC-By-1.0", "Open Data Commons Attribution License 1.0"],
  odbl: ["ODbL-1.0", "Open Database License 1.0"],
  "openrail++": ["Open RAIL++-M License"],
  "osl-3.0": ["Open Software License 3.0"],
  "ofl-1.1": ["SIL Open Font License 1.1"],
  ncsa: ["University of Illinois/NCSA Open Source License"],
  pddl: ["PDDL-1.0", "Open Data Commons Public Domain Dedication and License 1.0"],
  "lgpl-lr": ["LGPLLR", "Lesser General Public License For Linguistic Resources"],
  llama2: ["Llama 2", "Llama 2 Community License Agreement"],
  llama3: ["Llama 3", "Llama 3 Community License Agreement"],
  "llama3.1": ["Llama 3.1", "Llama 3.1 Community License Agreement"],
  "llama3.2": ["Llama 3.2", "Llama 3.2 Community License Agreement"],
  "llama3.3": ["Llama 3.3", "Llama 3.3 Community License Agreement"],
  gemma: ["Gemma Terms of Use"],
};

/** Terms of Creative Commons licences in words, by their letters. */
const creativeCommons = [
  [/\bcreative commons\b/g, "cc"],
  [/\battribution\b/g, "by"],
  [/\bnon ?commercial\b/g, "nc"],
  [/\bno ?deriv(?:ative)?s?(?: works)?\b/g, "nd"],
  [/\bshare ?alike\b/g, "sa"],
  [/\bpublic\b/g, ""],
] as const;

/** Normalises a spelling: drops case, punctuation, "the", "License", "Version", "-only", "-or-later". */
function keyOf(text: string): string {
  let key = text
    .toLowerCase()
    .replace(/[^a-z0-9.+]+/g, " ")
    .replace(/\b(?:the|licen[cs]e|version|international|unported|universal|only|or later)\b/g, " ")
    .replace(/\bv(?:er)?\.? ?(?=\d)/g, "")
    .replace(/(\d)\.0\b/g, "$1");
  if (/\bcreative commons\b/.test(key))
    for (const [words, letters] of creativeCommons) key = key.replace(words, letters);
  return key.replace(/\s+/g, " ").trim();
}

const byKey = new Map<string, string>();
for (const id of hubLicenses) for (const name of [id, ...(otherNames[id] ?? [])]) byKey.set(keyOf(name), id);

/**
 * Returns the hub's identifier of a licence, or the text itself if the hub has no such licence. Names must match
 * completely: "Apache 2.0 with exceptions" stays as it is.
 * @example normalizeLicense("CC BY-SA 4.0") // "cc-by-sa-4.0"
 */
export function normalizeLicense(text: string): string {
  const stated = text.trim();
  return byKey.get(keyOf(stated)) ?? stated;
}

/** Recorded instead of a licence if a model contains no weights of others. */
export const noBaseLicenses: ReadonlySet<string> = new Set(["your data's", "none: random weights"]);
