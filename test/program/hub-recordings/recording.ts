/**
 * Repositories of the catalogue as the Hugging Face hub showed them: every file with its size, and the pages that say so.
 * `null`: the page names the file without a size. Weights in other formats are recorded where the page lists them.
 */
export interface Recording {
  readonly repo: string;
  /** Pages with the files, the sizes, and the licence. */
  readonly sources: readonly string[];
  readonly files: Readonly<Record<string, string | null>>;
  /** Images: width of the features, as classes (logits of 1,000 classes) or as tokens. */
  readonly features?: { readonly of: "classes" | "tokens"; readonly width: number };
  /** Texts: layers, width and vocabulary of config.json. */
  readonly encoder?: { readonly layers: number; readonly width: number; readonly vocabulary: number };
  /** Boxes: side of the square picture that the file takes. */
  readonly detector?: { readonly side: number };
  /** Sounds: width of the features of a patch. */
  readonly patches?: { readonly width: number };
  /** Speech: network of the same structure in test/golden/families. */
  readonly speech?: { readonly family: string };
}
