import { everyOptionCounts } from "./matrix.js";

everyOptionCounts("picture-classes");
