import { everyOptionCounts } from "./matrix.js";

everyOptionCounts("transcripts");
