"""Vision transformers."""
from torchvision.models.swin_transformer import SwinTransformer
from torchvision.models.vision_transformer import VisionTransformer

from family import Family, images

from .convolutional import CLASSES, LABELS2


def vit():
    """ViT: class token, trainable positions, attention with one matrix for its three projections."""
    return VisionTransformer(32, 8, 2, 2, 16, 24, num_classes=CLASSES)


def swin():
    """Swin: windows and shifted windows with a mask, relative positions, merging of patches."""
    return SwinTransformer([4, 4], 8, [2, 2], [2, 4], [4, 4], num_classes=CLASSES, stochastic_depth_prob=0.0)


FAMILIES = {
    "vit": Family(vit, images(), labels=LABELS2),
    "swin": Family(swin, images(), labels=LABELS2),
}
