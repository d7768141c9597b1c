// State that every component can reach.
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Store } from "../store/store.js";
import type { LiveModel } from "./live.js";
import type { Trainer } from "./trainer.js";

/** Parts of the studio behind its pages. */
export interface Studio {
  readonly store: Store;
  /** Quick model that follows the samples. */
  readonly live: LiveModel;
  readonly trainer: Trainer;
  /** "server": the page of `engraft studio`. */
  readonly home: "static" | "server";
}

export const StudioContext = createContext<Studio | undefined>(undefined);

/** Returns the parts of the studio, in a component. */
export function useStudio(): Studio {
  const studio = useContext(StudioContext);
  if (!studio) throw new Error("there is no studio around this component");
  return studio;
}
