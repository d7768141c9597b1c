/** Recorded facts about a pretrained model. */
export interface BaseFacts {
  readonly name: string;
  readonly sha256: string;
  /** The hub's identifier of its licence, or the licence as stated. */
  readonly license: string;
  /** Location of a licence text without an identifier: an address, or LICENSE in the model folder (default). */
  readonly license_link?: string;
  /** Form of its file: "TF.js layers model". Missing: ONNX. */
  readonly format?: string;
  /** The repository of a base from the hub, and the commit that was read. */
  readonly hub?: HubCommit;
  /** False for a base of the catalogue that this project has not opened. Missing: a bundled base, or the user's own choice. */
  readonly opened_by_project?: false;
  /** Number of joined text encoders. Each has inputs and a tokenizer of its own. Missing: one base, or no texts. */
  readonly encoders?: number;
}

/** A commit of a repository on the hub. */
export interface HubCommit {
  readonly repo: string;
  /** 40 hex digits. */
  readonly commit: string;
}

/** Models of tables that are no networks, in sentences. */
export const tableModelNames = { linear: "a linear model", trees: "gradient-boosted trees" } as const;

/** Names and licences that Engraft itself gives to bases. Reports translate them. */
export const ownBaseTexts = [
  "none: a network for tables",
  "none: a linear model",
  "none: gradient-boosted trees",
  "none: random weights",
  "your data's",
  "not stated",
] as const;
export type OwnBaseText = (typeof ownBaseTexts)[number];

/** Returns the recorded fields of an opened base. */
export function baseFacts({ name, sha256, license, license_link, hub, ...rest }: BaseFacts): BaseFacts {
  const { format, opened_by_project, encoders } = rest;
  return {
    name,
    sha256,
    license,
    ...(license_link !== undefined && { license_link }),
    ...(format !== undefined && { format }),
    ...(hub && { hub }),
    ...(opened_by_project === false && { opened_by_project }),
    ...(encoders !== undefined && { encoders }),
  };
}
