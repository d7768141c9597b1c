import { inspections } from "./studies.js";
import { characterise } from "./suite.js";

characterise(inspections);
