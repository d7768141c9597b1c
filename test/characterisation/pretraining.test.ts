import { pretrainings } from "./studies.js";
import { characterise } from "./suite.js";

characterise(pretrainings);
