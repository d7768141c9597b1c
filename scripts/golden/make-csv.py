"""Writes test/golden/csv.json: small texts with quotes, read by Python's csv module with and without quoting.

python3 scripts/golden/make-csv.py
"""

import csv
import io
import json
import pathlib
import random

# Lines from the table in the guide, from GLUE, and from Chinese data sets.
NAMED = [
    '如果是"x"的话,1\nb,2\n',
    'x ""y"" z,1\n',
    '"x" y,1\n',
    '"x""y",1\n',
    '"a, b",1\n"c\nd",2\n',
    '" and a man,1\nb,2\n',
    '" and a man,1\nhe said "no",2\nc,3\n',
    'a,b\r\n"c",d\r\n\r\ne,"f"\r\n',
    'a,b\rc,d\r',
    '"",\n',
    'a,\n,b\n,\n',
    '"a"b"c,1\n',
]


def read(text, quoting):
    lines = io.StringIO(text, newline="")
    return list(csv.reader(lines, quoting=quoting, skipinitialspace=True))


def table(text, quoting):
    """Returns rows without blank ones; None for an unclosed quote, which Python accepts."""
    if read(text + "\nX", quoting)[-1] != ["X"]:
        return None
    rows = [[value.strip() for value in row] for row in read(text, quoting)]
    return [row for row in rows if row not in ([], [""])]


def main():
    draw = random.Random(0)
    pieces = ['"', '"', '""', ",", ",", "\n", "\r\n", "a", "b c", "词", " ", "'"]
    drawn = ["".join(draw.choice(pieces) for _ in range(draw.randint(1, 14))) for _ in range(400)]
    cases = [
        {"text": text, "standard": table(text, csv.QUOTE_MINIMAL), "none": table(text, csv.QUOTE_NONE)}
        for text in dict.fromkeys(NAMED + drawn)
    ]
    path = pathlib.Path(__file__).parent.parent.parent / "test/golden/csv.json"
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")


main()
