import { everyOptionCounts } from "./matrix.js";

everyOptionCounts("entities");
