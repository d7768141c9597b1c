"""Transformers of pictures."""
from torchvision.models.swin_transformer import PatchMergingV2, SwinTransformer, SwinTransformerBlockV2
from torchvision.models.vision_transformer import VisionTransformer

from family import Family, images

from .convolutional import CLASSES, LABELS2


def vit():
    """A class token, learnt positions, attention with its three projections in one matrix."""
    return VisionTransformer(32, 8, 2, 2, 16, 24, num_classes=CLASSES)


def swin():
    """Windows and shifted windows with a mask, relative positions, merging of patches."""
    return SwinTransformer([4, 4], 8, [2, 2], [2, 4], [4, 4], num_classes=CLASSES, stochastic_depth_prob=0.0)


def swin_v2():
    """Cosine attention with a learnt scale, positions from a small network, norms after the block."""
    return SwinTransformer([4, 4], 8, [2, 1], [2, 4], [4, 4], num_classes=CLASSES, stochastic_depth_prob=0.0,
                           block=SwinTransformerBlockV2, downsample_layer=PatchMergingV2)


FAMILIES = {
    "vit": Family(vit, images(), labels=LABELS2),
    "swin": Family(swin, images(), labels=LABELS2),
    "swin-v2": Family(swin_v2, images(), labels=LABELS2),
}
