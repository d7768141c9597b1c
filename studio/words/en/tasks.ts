import type { Head, Task } from "../../../src/core/results/task.js";

const s = (n: number): string => (n === 1 ? "" : "s");

/** Tasks, what they are called, and how their files look. */
const tasks: Readonly<Record<Task, readonly [title: string, layout: string]>> = {
  "image-classification": [
    "Pictures with a class",
    "A folder for each class, or a list with image and label",
  ],
  "image-regression": ["Pictures with numbers", "Pictures and a list with image and a column of numbers"],
  "object-detection": ["Objects with boxes", "Pictures with COCO, YOLO, Pascal VOC or CVAT annotations"],
  "image-segmentation": ["Regions of pictures", "Folders of pictures and of masks with the same names"],
  "audio-classification": ["Sounds with a class", "A folder for each class, or a list with audio and label"],
  "audio-regression": ["Sounds with numbers", "Sounds and a list with audio and a column of numbers"],
  "automatic-speech-recognition": ["Speech to text", "Sounds and a list with audio and text"],
  "text-classification": ["Texts with a class", "A list with text and label"],
  "text-regression": ["Texts with numbers", "A list with text, or two texts, and a column of numbers"],
  "text-generation": [
    "Texts and answers",
    "JSONL with messages, a list with prompt and completion, or texts",
  ],
  "token-classification": ["Names in texts", "A CoNLL file, or JSONL with tokens and tags"],
  "multi-label-classification": [
    "Several labels",
    "A list whose column has several labels, or a column for each label",
  ],
  "tabular-classification": ["Rows with a class", "A table whose target column has classes"],
  "tabular-regression": ["Rows with a number", "A table whose target column has numbers"],
  "multimodal-classification": [
    "Several inputs, a class",
    "A list with pictures, texts or numbers, and label",
  ],
  "multimodal-regression": [
    "Several inputs, a number",
    "A list with pictures, texts or numbers, and a number",
  ],
};

export const tasksWords = {
  lists: {
    tooLarge: (name: string, bytes: number) =>
      `“${name}” has ${(bytes / 1e6).toFixed(0)} MB. This page reads lists of up to 64 MB.`,
    tooLargeHelp: "Train on it with: engraft train FILE",
    noRows: (name: string) => `“${name}” has no rows.`,
    noRowsHelp: "Add rows below the line with the column names.",
    oneColumn: (name: string) => `“${name}” has one column.`,
    oneColumnHelp: "Give each row an input and its class or number, separated by commas, semicolons or tabs.",
  },
  sounds: {
    record: "Hold to record",
    recording: "Recording …",
    silent: (n: number, of: number) =>
      `${n} of ${of} clips ${n === 1 ? "is" : "are"} silent. Is the microphone muted?`,
    level: "Loudness",
    play: "Play",
    silentClip: "Silent clip",
    unreadable: "This browser cannot play the file.",
    background: "Background noise",
    addBackground: "Add the class “Background noise”",
    backgroundHelp:
      "It teaches the model what it hears when nothing happens. Record it while nobody makes a sound.",
    listen: "Listen",
    stopListening: "Stop listening",
    file: "Choose a sound",
    noSound: (name: string) => `“${name}” is not a sound file.`,
    emptyFile: (name: string) => `“${name}” is empty.`,
    soundFiles: "Choose WAV, MP3, OGG, Opus or FLAC files.",
  },
  texts: {
    box: "One text on each line",
    add: (n: number) => (n === 0 ? "Add texts" : `Add ${n} text${s(n)}`),
    try: "Type a text",
    open: "Open a list",
    openHelp: "CSV, TSV, JSON or JSONL with a column of texts and one of classes",
    uses: { text: "Text", label: "Class", group: "Group" },
    noGroup: "none",
    preview: (n: number) => `The first ${n} rows`,
    found: (n: number, classes: number) =>
      `${n} text${s(n)} in ${classes} class${classes === 1 ? "" : "es"}.`,
    skipped: (n: number) =>
      `${n} row${s(n)} will be left out: no text, no class, or a text that is too long.`,
    sameColumn: "Choose one column for the texts and another one for the classes.",
    manyClasses: "Most classes have one text only. Is this the column of classes?",
    isList: (name: string) => `“${name}” is a list.`,
    isListHelp: "A list has its own classes. Use “Open a list” above.",
    noText: (name: string) => `“${name}” has no text.`,
  },
  table: {
    title: "Open a table",
    paste: "Or paste rows from a spreadsheet here",
    target: "Predict",
    automatic: (found: string) => (found === "" ? "the column that fits best" : found),
    columns: "Columns",
    column: "Column",
    use: "Used as",
    missing: "Missing",
    values: "First values",
    useOf: (name: string) => `Use of ${name}`,
    asFound: "automatic",
    uses: {
      number: "number",
      category: "category",
      text: "text",
      picture: "picture",
      date: "date",
      target: "predicted",
      split: "split",
      "left out": "left out",
    },
    noColumns: "Open a table on the page Samples first.",
    nextRow: "Next row",
    rowNumber: (n: number) => `Row ${n}. `,
    numberOf: (name: string) => `${name}, as a number`,
  },
  files: {
    title: "Files",
    addFiles: "Add files",
    addFolder: "Add a folder",
    openTable: "Choose a file",
    drop: (folders: boolean): string => (folders ? "or drop them here" : "or drop it here"),
    storing: (done: number, total: number) => `Storing ${done} of ${total} files`,
    count: (n: number) => `${n} file${s(n)}`,
    removeAll: "Remove all",
    removeFile: (path: string) => `Remove ${path}`,
    task: "Task",
    asFound: "the task that fits the files",
    looking: "Looking at the files …",
    counts: (all: number, train: number, validation: number, test: number) =>
      `${all} samples: ${train} to learn from, ${validation} to choose the model, ${test} to test it`,
    /** What is learnt, by the kind of predictions. */
    targets: {
      ...{ classes: "Classes", labels: "Labels", numbers: "Numbers", tags: "Types of entities" },
      ...{ boxes: "Classes", masks: "Classes", transcript: "Transcripts", sequence: "Texts" },
    } satisfies Readonly<Record<Head, string>>,
    more: (n: number) => `and ${n} more`,
    range: (name: string, least: string, mean: string, most: string) =>
      `${name}: from ${least} to ${most}, on average ${mean}`,
    skipped: (n: number) => `${n} left out`,
    warnings: (n: number) => `${n} warning${s(n)}`,
    trainable: "What can be trained",
    tasks,
    tryFile: "Choose a file",
    json: "Or an input as text or JSON",
    predict: "Predict",
    noJson: (why: string) => `This is not JSON: ${why}`,
    jsonHelp: 'Enter a text, or JSON such as {"values": [1, 2, 3]}.',
  },
};
