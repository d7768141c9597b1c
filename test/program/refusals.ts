import { strategies } from "../../src/index.js";

const trainHelp = "  help: see engraft train --help\n";
export const pipe = (lines: string) => `${lines.trim().replace(/^ {4}/gm, "")}\n`;

const noData = (path: string): string =>
  pipe(`
    DataError: there is no data at "${path}"
      help: give a folder with one folder of pictures or sounds for each class, a folder of annotated pictures, or a list (CSV, TSV, JSONL, …): see the guide, Data`);

/** A command, and every word that it must say on stderr; ROOT is the folder of the test. */
export const refusals: Readonly<Record<string, readonly [args: string, said: string]>> = {
  "data that are not there": ["train ROOT/nothere", noData("ROOT/nothere")],
  "a list that is not there": ["train ROOT/nothere.csv", noData("ROOT/nothere.csv")],
  "an empty folder": [
    "train ROOT/empty",
    pipe(`
    DataError: no pictures in "ROOT/empty"
      at 0 other files, 0 hidden ones, 0 skipped ones
      help: expected ROOT/empty/<class>/*.{jpg,jpeg,png,webp,gif,bmp,tif,avif}, with one folder a class; for other kinds of data see the guide, Data`),
  ],
  "one class": [
    'train "ROOT/one class"',
    pipe(`
    DataError: only one class in "ROOT/one class": "ant"
      help: a classifier needs at least two classes: make one folder for each`),
  ],
  "a class with one example": [
    'train "ROOT/one example"',
    pipe(`
    DataError: a class has only one picture: "bee"
      at ROOT/one example
      help: a class needs at least 2, one to learn from and one to test; add some or remove the class`),
  ],
  "more than a tenth unreadable": [
    "train ROOT/unreadable",
    pipe(`
    DataError: 3 of 27 pictures (11 %) in "ROOT/unreadable" cannot be read; at most 10 % may be
      at ant/v.png: it is not a picture of a known format; ant/w.png: it is not a picture of a known format; ant/x.png: it is not a picture of a known format
      help: repair or remove them; all of them with their reasons are in the error's details`),
  ],
  "a label that only the test part has": [
    "train ROOT/given",
    pipe(`
    DataError: "wasp" has no picture in the train part, but in another one
      at ROOT/given
      help: add training pictures for it, or remove it from the other parts; check the spelling`),
  ],
  "a CSV without an image column": [
    "train ROOT/columns.csv",
    pipe(`
    DataError: "columns.csv" has no column for the image
      help: its columns are "a", "b"; name one of them "image", "file", "filename"`),
  ],
  "a CSV of pictures that are not there": [
    "train ROOT/gone.csv",
    pipe(`
    DataError: 2 of 2 pictures named in "gone.csv" do not exist: "nothere/1.png", "nothere/2.png"
      help: paths are relative to the folder of the list; correct them, or remove those lines`),
  ],
  "a picture in place of a folder": [
    "train ROOT/data/ant/0.png",
    pipe(`
    DataError: "ROOT/data/ant/0.png" is neither a folder nor a list
      help: give a folder with one folder a class, or a .csv, .tsv or .jsonl file with image,label or text,label`),
  ],
  "a base that there is not": [
    "train ROOT/data --base vision-maxi",
    pipe(`
    OptionError: there is no base called "vision-maxi"
      help: did you mean vision-mini? see engraft bases; or give file.onnx, a model folder, or hf:org/name`),
  ],
  "an inspection of what there is not": [
    "inspect vison-mini",
    pipe(`
    FileError: there is no file, folder or base "vison-mini"
      help: did you mean vision-mini? give a folder or a list of data, file.onnx, a model folder, the name of a base (\`engraft bases\`), or hf:org/name`),
  ],
  "an inspection of a file of another program": [
    "inspect ROOT/dump.sql",
    pipe(`
    DataError: "ROOT/dump.sql" is SQL statements
      help: run them in a database, and write its table as CSV with the names of the columns in the first line`),
  ],
  "a base file that is not there": [
    "train ROOT/data --base ROOT/nothere.onnx",
    pipe(`
    FileError: there is no file or folder ROOT/nothere.onnx
      at ROOT/nothere.onnx
      help: --base takes a name (\`engraft bases\`), file.onnx, a model folder, or hf:org/name`),
  ],
  "a base that is no model": [
    "train ROOT/data --base ROOT/broken.onnx",
    pipe(`
    ModelError: this is not a readable ONNX file: premature EOF
      help: check that the file is a complete .onnx file: download or export it again`),
  ],
  "an operator without a rule where weights shall move": [
    "train ROOT/data --base ROOT/threshold --epochs 1",
    pipe(`
    OperatorError: this base cannot be fine-tuned as it is: Binarizer has no gradient: "ai.onnx.ml.Binarizer" is not an operator Engraft knows
      at node "the Binarizer", value "binarizer", on the way to the features
      help: use --strategy probe, which trains only a new head and needs no gradient there; or train only what comes behind it: --trainable "after:binarizer"; or cut the base before it: --cut "Relu" (6 features) can be fine-tuned`),
  ],
  "rounding to 8 bits where weights shall move": [
    "train ROOT/data --base ROOT/rounded --epochs 1",
    pipe(`
    OperatorError: this base cannot be fine-tuned as it is: QuantizeLinear has no gradient: its output holds integers
      at node "the QuantizeLinear", value "quantizelinear", on the way to the features
      help: use --strategy probe, which trains only a new head and needs no gradient there; or train only what comes behind it: --trainable "after:quantizelinear"; or cut the base before it: --cut "Relu" (6 features) can be fine-tuned`),
  ],
  "a run from scratch beside the probe of such a base": [
    "train ROOT/data --base ROOT/rounded --strategy probe --baselines",
    pipe(`
    OperatorError: there can be no baseline from scratch: QuantizeLinear has no gradient: its output holds integers
      at node "the QuantizeLinear", value "quantizelinear"
      help: leave --baselines out`),
  ],
  "a base whose features are not numbers": [
    "train ROOT/data --base ROOT/nan --strategy probe",
    pipe(`
    NumericError: the base gives NaN for "ant/0.png"
      at feature 0 of 8
      help: check the preprocessing (--mean, --std, --rescale); else the weights of the base are broken`),
  ],
  "a size that the base does not take": [
    "train ROOT/data --image-size 64",
    pipe(`
    ModelError: base takes pictures of 32 x 32 pixels only, not 64 x 64
      help: use --image-size 32, or export the model with symbolic height and width`),
  ],
  "a cut that there is not": [
    "train ROOT/data --cut nothing",
    pipe(`
    ModelError: the graph has no value "nothing"
      at graph "residual"
      help: \`engraft inspect\` lists the values of a model`),
  ],
  "a pattern that names no weight": [
    "train ROOT/data --trainable layer4*",
    pipe(`
    OptionError: --trainable "layer4*" names no weight of the base
      help: its 18 weights are called "stem/conv.weight", "stem/norm.scale", "stem/norm.bias", "stage1/block1/a/conv.weight", "stage1/block1/a/norm.scale", "stage1/block1/a/norm.bias", "stage1/block1/b/conv.weight", "stage1/block1/b/norm.scale", "stage1/block1/b/norm.bias", "stage2/block1/a/conv.weight", "stage2/block1/a/norm.scale", "stage2/block1/a/norm.bias", "stage2/block1/b/conv.weight", "stage2/block1/b/norm.scale", "stage2/block1/b/norm.bias", "stage2/block1/shortcut/conv.weight", "stage2/block1/shortcut/norm.scale", "stage2/block1/shortcut/norm.bias"; * stands for any text, after:VALUE for all weights behind a value`),
  ],
  "an unknown strategy": [
    "train ROOT/data --strategy magic",
    `OptionError: --strategy magic: must be one of ${Object.keys(strategies).join(", ")}\n${trainHelp}`,
  ],
  "no epoch": [
    "train ROOT/data --epochs 0",
    `OptionError: --epochs 0: must be a whole number from 1 to 10000\n${trainHelp}`,
  ],
  "a rate beyond reason": [
    "train ROOT/data --lr 1e6",
    `OptionError: --lr 1e6: must be a number above 0, at most 100, or find\n${trainHelp}`,
  ],
  "a batch beyond reason": [
    "train ROOT/data --batch-size 1e9",
    `OptionError: --batch-size 1e9: must be a whole number from 1 to 4096\n${trainHelp}`,
  ],
  "a file as run folder": [
    "train ROOT/data --out ROOT/file",
    pipe(`
    FileError: "ROOT/file" is a file, a run needs a folder
      help: give another --out`),
  ],
  "a run folder inside a file": [
    "train ROOT/data --out ROOT/file/run",
    pipe(`
    FileError: cannot create the folder "ROOT/file": a part of the path is a file, not a folder
      at the system's code ENOTDIR
      help: check the path`),
  ],
  "a run folder with something else in it": [
    "train ROOT/data --out ROOT/full",
    pipe(`
    RunError: "ROOT/full" is not empty
      help: give another --out, or empty the folder`),
  ],
  "a run folder with another run in it": [
    "train ROOT/data --out ROOT/run",
    pipe(`
    RunError: "ROOT/run" already holds a run
      help: go on with it by \`engraft train --resume ROOT/run\`, or give another --out`),
  ],
  "going on with what is no run": [
    "train --resume ROOT/data",
    pipe(`
    RunError: "ROOT/data" is not a run folder: it has no run.json
      help: give the folder that the run printed (runs/…)`),
  ],
  "classes that the model does not know": [
    "eval ROOT/run ROOT/others",
    pipe(`
    ModelError: the model does not know 1 of the data's 2 classes: "wasp"
      at model "ROOT/run/model", which knows "ant", "bee"; data "ROOT/others"
      help: name the class folders as the model's config.json does`),
  ],
  "a class list that does not fit the model": [
    "eval ROOT/misfit ROOT/data",
    pipe(`
    ModelError: the model gives 2 scores, its config.json names 3 classes
      at ROOT/misfit/model
      help: onnx/model.onnx and config.json are not of the same model`),
  ],
  "a score on what the model was trained on": [
    "eval ROOT/run ROOT/seen",
    pipe(`
    DataError: the model was trained or chosen on all 6 pictures of the data: a score on them would mean nothing
      at ROOT/seen
      help: give pictures that it has not seen`),
  ],
  "a model folder that is not there": [
    "predict ROOT/nothere ROOT/data/ant/0.png",
    pipe(`
    ModelError: there is no model folder ROOT/nothere
      at ROOT/nothere
      help: give the folder that \`engraft train\` printed as its model, or a folder in Hugging Face layout`),
  ],
};
