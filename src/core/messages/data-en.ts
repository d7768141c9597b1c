/** English warnings about data that a run leaves out, or may read in a wrong way. */

import { counted, listed, type Names } from "./counted.js";

/** A number in a text, and how it is read. */
export interface ReadNumber extends Names {
  readonly from: string;
}
/** A column that is not used, and why. The message is a note. */
export interface UnusedColumn {
  readonly name: string;
  readonly why: string;
  readonly message?: { readonly code: string };
}
/** Labels that all samples of the training split have, or none. */
export interface OneSidedLabels extends Names {
  readonly labels: number;
}
const labelsOf = (v: OneSidedLabels): string =>
  `the ${v.labels === 1 ? "label" : `${v.labels} labels`} ${listed(v)}`;

/** Where classes have no box. */
export const boxlessEn = {
  anywhere: "in any picture",
  train: "in the training split",
  test: "in the test split, and so without a score",
} as const;

export const dataEn = {
  // Files and folders.
  "classes-named-like-splits": (v: Names & { readonly unit: string }): string =>
    `${listed(v)} ${v.names.length + v.more === 1 ? "holds" : "hold"} ${v.unit}s, not class folders: taken as classes, not as parts of a split`,
  "folders-beside-split": (v: Names): string =>
    `${listed(v)} left out: beside "train" only "val" and "test" are parts`,
  "links-not-followed": (v: Names & { readonly links: number }): string =>
    `${counted(v.links, "symbolic link")} not followed, since they lead back to a folder already read: ${listed(v)}`,
  "data-in-folder": (v: { readonly folder: string; readonly unit: string }): string =>
    `the ${v.unit}s are in ${JSON.stringify(v.folder)}: its folders are the classes, or the splits`,
  "files-of-other-splits": (v: Names): string =>
    `files left out, since their names say another split than train, validation and test: ${listed(v)}`,
  "pictures-without-row": (v: Names & { readonly pictures: number; readonly lists: string }): string =>
    `${counted(v.pictures, "picture")} left out, since no row of ${v.lists} names them: ${listed(v)}`,

  // Lists and tables.
  "quotes-as-text": ({ file }: { readonly file: string }): string =>
    `${JSON.stringify(file)}: quotes are taken as text, since they do not enclose whole values in every line; --quotes standard reads them as enclosing`,
  "bytes-left-out": (v: Names & { readonly file: string }): string =>
    `columns of ${JSON.stringify(v.file)} left out, since they hold bytes that are no pictures or sounds: ${listed(v)}`,
  "decimal-commas": (v: ReadNumber & { readonly to: string }): string =>
    `commas are decimal ones in ${listed(v)}: "${v.from}" is read as ${v.to}`,
  "unclear-commas": (v: ReadNumber): string =>
    `commas in ${listed(v)} may be decimal ones or separate thousands ("${v.from}"): the values are taken as text; write them with a point, or without a comma`,
  "columns-left-out": ({ columns }: { readonly columns: readonly UnusedColumn[] }): string =>
    `left out: ${columns.map(({ name, why }) => `${JSON.stringify(name)} (${why})`).join(", ")}`,
  "unlabelled-rows": ({ rows }: { readonly rows: number }): string =>
    `${counted(rows, "row")} left out: the class is -1, which means that there is none`,
  "numbered-classes": (v: Names): string =>
    `classes are called ${listed(v)}, as in the data, and so are they in model, report and card: name them with --class-names A,B,…`,

  // Labels.
  "labels-never": (v: OneSidedLabels): string =>
    `no item of the training part has ${labelsOf(v)}: the model will never predict ${v.labels === 1 ? "it" : "them"}`,
  "labels-always": (v: OneSidedLabels): string =>
    `every item of the training part has ${labelsOf(v)}: the model will always predict ${v.labels === 1 ? "it" : "them"}`,
  "samples-without-labels": (v: { readonly samples: number; readonly of: number }): string =>
    `${counted(v.samples, "item")} of ${v.of} ${v.samples === 1 ? "has" : "have"} no label: taken as items that none of them fits`,
  "one-label-each":
    "every text has exactly one label: to train a classifier with one class for each text, name the column with --target instead of --labels",

  // Annotations, masks and tags.
  "pictures-without-annotation": (v: Names & { readonly pictures: number }): string =>
    `${counted(v.pictures, "picture")} left out, since no annotation names ${v.pictures === 1 ? "it" : "them"}: ${listed(v)}`,
  "pictures-without-mask": (v: Names & { readonly pictures: number }): string =>
    `${counted(v.pictures, "picture")} left out, since there is no mask: ${listed(v)}`,
  "classes-without-boxes": (
    v: Names & { readonly classes: number; readonly where: keyof typeof boxlessEn },
  ): string => `${counted(v.classes, "class", "classes")} without a box ${boxlessEn[v.where]}: ${listed(v)}`,
  "boxes-cut-off": (v: { readonly boxes: number; readonly first: string }): string =>
    `${counted(v.boxes, "box", "boxes")} reached beyond the picture and ${v.boxes === 1 ? "was" : "were"} cut off at its edge, first in ${v.first}`,
  "rotation-of-boxes": (v: {
    readonly pictures: number;
    readonly after: boolean;
    readonly decided: boolean;
  }): string =>
    `${counted(v.pictures, "picture")} with an EXIF rotation: their boxes are taken to mean the picture ${v.after ? "after" : "before"} the rotation, ${v.decided ? "as the sizes of other images say" : "by the convention of this format"}`,
  "lines-with-four-corners": ({ lines }: { readonly lines: number }): string =>
    `${counted(lines, "line")} with four corners: read as polygons, of which the enclosing upright boxes are used`,
  "annotations-without-split": (v: Names & { readonly files: number }): string =>
    `${counted(v.files, "annotation file")} left out, since no list of ImageSets/Main names ${v.files === 1 ? "it" : "them"}: ${listed(v)}`,
  "objects-without-outline": ({ objects }: { readonly objects: number }): string =>
    `${counted(objects, "object")} without an outline: the pixels of ${objects === 1 ? "its box" : "their boxes"} are not counted`,
  "sentences-cut": (v: {
    readonly sentences: number;
    readonly of: number;
    readonly tokens: number;
    readonly words: number;
  }): string =>
    `${v.sentences} of ${v.of} sentences have more than ${v.tokens} tokens: ${v.words} words behind are not seen, and count as answered O`,
};
