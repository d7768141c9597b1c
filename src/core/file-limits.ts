/*
 * Limits of files from outside: size, number, depth and time. A small file can state or hold something huge, so each limit is checked before or while the file
 * is read. What no limit bounds, such as the regular expressions of a tokenizer, ends with the process: see decision 71.
 */

// Pictures.

/** Largest file that is read as an image, in bytes: 256 MiB, several times a 100 MP photograph. */
export const pictureFileLimit = 2 ** 28;
/** Most pixels of an image: a 100 MP photograph. A decoded one takes 4 bytes each. */
export const picturePixelLimit = 100_000_000;
/** Most runs of a mask: one for every second pixel of a large photograph would be an attack. */
export const maskRunLimit = 10_000_000;

// Sounds.

/** Largest file that is read as a sound, in bytes: 512 MiB. */
export const soundFileLimit = 2 ** 29;
/** Lowest sample rate, in samples per second. Resampling makes 16,000 samples a second of the few of a lower one. */
export const lowestRate = 100;
/** Highest sample rate, in samples per second. */
export const highestRate = 768_000;
/** Largest number of channels. */
export const channelLimit = 64;
/** Largest number of samples of a sound over all channels, as it is and resampled: 2^27 are 512 MB, 46 minutes at 48 kHz. */
export const sampleLimit = 2 ** 27;
/** Longest time to decode, in milliseconds: 10 s, and 1 s for each megabyte. */
export const decodeTime = (bytes: Uint8Array): number => 10_000 + bytes.length / 1000;

// Lists, tables and texts.

/** Largest size of a list in text form, in bytes: 256 MiB, some millions of lines. */
export const listLimit = 2 ** 28;
/** Largest size of a Parquet file, in bytes: 1 GiB. Writers divide larger data into several files. */
export const parquetLimit = 2 ** 30;
/** Largest length of a record, in characters: some hundred pages. A missing closing quote makes longer ones. */
export const recordLimit = 2 ** 22;
/** Most messages of a chat. A template renders the messages before each answer: 400 take some seconds, and the time grows with their square. */
export const chatMessageLimit = 400;
/** Largest size of a dataset card, in bytes. */
export const cardLimit = 2 ** 22;
/** Largest length of a pattern for names, in characters. */
export const patternLimit = 200;

// Annotations.

/** Largest COCO file, in bytes. COCO's own for training has 448 MB; a text of JavaScript has at most 2^29 characters. */
export const cocoLimit = 2 ** 29 - 2 ** 16;
/** Largest file of LabelMe for one image, in bytes. It may hold the image in base64. */
export const labelmeLimit = 2 ** 28;
/** Largest CVAT file, in bytes. */
export const cvatLimit = 2 ** 28;
/** Largest file of Pascal VOC for one image, in bytes. */
export const vocLimit = 2 ** 24;
/** Largest file of labels or list of images of YOLO, in bytes. */
export const yoloLimit = 2 ** 26;
/** Largest yaml file of YOLO, in bytes. */
export const yamlLimit = 2 ** 22;
/** Largest file of Darknet, in bytes. */
export const darknetLimit = 2 ** 22;
/** Most objects of a dataset: several times those of COCO's training split (860,001). */
export const objectLimit = 5_000_000;
/** Most coordinates in one polygon. */
export const polygonLimit = 100_000;

// Nesting.

/** Deepest nesting of JSON. Functions that call themselves for each level fail from about 5,000 levels on. */
export const jsonDepthLimit = 1000;
/** Most open brackets and braces of YAML. Its reader writes an object that is a key as text, again for each level around it. */
export const yamlDepthLimit = 64;
/** Deepest nesting of XML. Annotation files have five levels. */
export const xmlDepthLimit = 64;
/** Most elements of XML: a million objects with five fields each. */
export const xmlElementLimit = 5_000_000;
/** Most nested messages of an ONNX file. A subgraph takes four, so about 20 nested subgraphs. */
export const onnxDepthLimit = 90;

// Models.

/** Largest JSON file of a model, in bytes. samples.json has about 170 bytes a text, so 1.5 million texts; other files have a few KB. */
export const modelJsonLimit = 2 ** 28;
/** Most tensors and shards of a TF.js model, several times those of a large network. */
export const tfjsTensorLimit = 100_000;
/** Most calls of layers of a Keras network, several times those of a large one. */
export const kerasCallLimit = 20_000;
/** Deepest nesting of networks in a Keras network. */
export const kerasDepthLimit = 16;
/** Largest number of tokens of a vocabulary. The largest that are in use have 300,000. */
export const tokenLimit = 2 ** 24;
/** Longest chat template, in characters. The longest of well-known models have about 20,000. */
export const templateLimit = 100_000;
/** Most work of a chat template for one text, in steps. Ten million take some seconds. */
export const templateWorkLimit = 10_000_000;
/** Longest header of safetensors in bytes, the format's own limit: a longer one is damage or an attack. */
export const tensorHeaderLimit = 100_000_000;
/** Longest header of feature sums in bytes: 100,000 classes with long names. */
export const sumsHeaderLimit = 2 ** 25;

// Zip files.

/** Most files in a zip: their number has 16 bits, and all ones mean a larger one. */
export const zipEntryLimit = 65_534;
/** Most bytes that a zip may unpack to, for each of its own bytes. */
export const zipRatioLimit = 100;
