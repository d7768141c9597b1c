"""Golden values of SciPy's weighted tau: python3 scripts/golden/make-weighted-tau.py > test/golden/weighted-tau.json"""
import json
import random

import scipy
from scipy.stats import weightedtau

random.seed(0)
cases = []
for n in (2, 3, 6, 6, 12, 40):
    x = [round(random.random(), 3) for _ in range(n)]
    y = [round(0.5 * a + random.random(), 3) for a in x]
    cases.append({"x": x, "y": y, "tau": weightedtau(x, y)[0]})
# Ties in the first list, in the second, in both.
for x, y in (
    ([1, 1, 2, 3, 3, 3], [0.2, 0.1, 0.5, 0.4, 0.9, 0.7]),
    ([5, 4, 3, 2, 1, 0], [1, 1, 1, 0, 0, 2]),
    ([1, 1, 2, 2], [3, 3, 1, 1]),
):
    cases.append({"x": x, "y": y, "tau": weightedtau(x, y)[0]})
print(json.dumps({"scipy": scipy.__version__, "cases": cases}))
