import { comparisons } from "./studies.js";
import { characterise } from "./suite.js";

characterise(comparisons);
