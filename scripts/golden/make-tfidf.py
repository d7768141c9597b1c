# Writes test/golden/tf-idf.json: TF-IDF of small texts by scikit-learn. /usr/bin/python3 scripts/golden/make-tfidf.py
import json, pathlib, re
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

rng = np.random.default_rng(4)
stems = ["good book great plot loved it", "bad phone broken screen don't buy", "slow soup cold rice never again"]
def english(n):
    texts, labels = [], []
    for i in range(n):
        k = int(rng.integers(3))
        own = rng.choice(stems[k].split(), 4).tolist()
        texts.append(" ".join(rng.permutation(own + rng.choice("the a was and it's very so this it".split(), 5).tolist()).tolist()) + rng.choice([".", "!", ", really"]))
        labels.append(k)
    return texts, labels

signs = ["好吃快赞很香", "差慢冷难吃"]
def chinese(n):
    texts, labels = [], []
    for i in range(n):
        k = int(rng.integers(2))
        text = "".join(rng.choice(list(signs[k] + "的了我们点餐"), 8)) + rng.choice(["！", "。", " ok了"])
        texts.append(text)
        labels.append(k)
    return texts, labels

# Tokens: runs of letters and digits, with apostrophes inside; each Chinese character is one.
def words(text):
    return re.findall(r"[^\W_]+(?:['’][^\W_]+)*", text.lower())
def characters(text):
    return re.findall(r"[\u4e00-\u9fff]|[a-z0-9]+", text.lower())

def case(make, tokenizer, strengths, **of):
    train, labels = make(40)
    test, _ = make(12)
    of = of or dict(tokenizer=tokenizer, token_pattern=None, ngram_range=(1, 2))
    vectors = TfidfVectorizer(sublinear_tf=True, min_df=2, **of)
    x, t = vectors.fit_transform(train), vectors.transform(test)
    fits = []
    for c in strengths:
        # For two classes scikit-learn penalises w1 - w0; softmax penalises w0 and w1. Twice the strength is equivalent.
        classes = len(set(labels))
        model = LogisticRegression(C=2 * c if classes == 2 else c, tol=1e-9, max_iter=20000).fit(x, labels)
        fits.append(dict(strength=c, probabilities=model.predict_proba(t).round(8).tolist()))
    names = vectors.get_feature_names_out()
    rows = [{names[j]: round(float(t[i, j]), 8) for j in t[i].nonzero()[1]} for i in range(3)]
    return dict(train=train, labels=labels, test=test, terms=sorted(names.tolist()), rows=rows, fits=fits)

sequences = dict(analyzer="char_wb", ngram_range=(2, 5))
out = dict(
    english=case(english, words, [0.5, 10]),
    chinese=case(chinese, characters, [1, 30]),
    **{
        "english characters": case(english, None, [1], **sequences),
        "chinese characters": case(chinese, None, [1], **sequences),
    },
)
path = pathlib.Path(__file__).parent.parent.parent / "test/golden/tf-idf.json"
path.write_text(json.dumps(out, ensure_ascii=False))
