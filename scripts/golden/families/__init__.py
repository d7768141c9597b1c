"""Every family, at small width. Names are those of the files in test/golden/families."""
from . import audio, convolutional, dense, mobile, parameters, recurrent, spectrogram, speech, text, transformers

FAMILIES = {
    **convolutional.FAMILIES, **mobile.FAMILIES, **transformers.FAMILIES, **text.FAMILIES, **dense.FAMILIES,
    **audio.FAMILIES, **speech.FAMILIES, **spectrogram.FAMILIES, **recurrent.FAMILIES, **parameters.FAMILIES}
