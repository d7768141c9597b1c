"""Classifiers for phones: depthwise convolutions, squeeze and excitation, hard activations, shuffled channels."""
from functools import partial

from torch import nn
from torchvision.models.efficientnet import EfficientNet, FusedMBConvConfig, MBConvConfig
from torchvision.models.mnasnet import _stack
from torchvision.models.mobilenetv3 import InvertedResidualConfig, MobileNetV3
from torchvision.models.shufflenetv2 import InvertedResidual as Shuffled

from family import Family, images

from .convolutional import CLASSES, LABELS4, classifier


def mobilenet_v3():
    """Hard swish, hard sigmoid; a first block that does not expand, one that is dilated."""
    c = partial(InvertedResidualConfig, width_mult=1.0)
    return MobileNetV3(
        [c(16, 3, 16, 16, True, "RE", 2, 1), c(16, 3, 24, 16, False, "RE", 1, 1), c(16, 5, 40, 24, True, "HS", 2, 1),
         c(24, 5, 48, 24, True, "HS", 1, 2)],
        last_channel=32, num_classes=CLASSES)


def efficientnet():
    """SiLU, and squeeze and excitation with sigmoid."""
    return EfficientNet(
        [MBConvConfig(1, 3, 1, 32, 16, 1), MBConvConfig(6, 3, 2, 16, 8, 2), MBConvConfig(4, 5, 2, 8, 16, 1)],
        dropout=0.2, stochastic_depth_prob=0.2, num_classes=CLASSES, last_channel=32)


def efficientnet_v2():
    """Fused blocks first."""
    return EfficientNet(
        [FusedMBConvConfig(1, 3, 1, 16, 16, 1), FusedMBConvConfig(4, 3, 2, 16, 8, 2),
         MBConvConfig(4, 3, 2, 8, 16, 2)],
        dropout=0.2, stochastic_depth_prob=0.2, num_classes=CLASSES, last_channel=32)


def shufflenet():
    """Channels split in halves and shuffled by Reshape and Transpose."""
    return nn.Sequential(
        nn.Conv2d(3, 6, 3, 2, 1, bias=False), nn.BatchNorm2d(6), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1),
        Shuffled(6, 12, 2), Shuffled(12, 12, 1), Shuffled(12, 20, 2), Shuffled(20, 20, 1),
        nn.Conv2d(20, 32, 1, bias=False), nn.BatchNorm2d(32), nn.ReLU(inplace=True), *classifier(32))


def mnasnet():
    """Separable first block, kernels of 3 and 5, a momentum of its own."""
    norm = lambda n: nn.BatchNorm2d(n, momentum=1 - 0.9997)
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, 2, 1, bias=False), norm(8), nn.ReLU(inplace=True),
        nn.Conv2d(8, 8, 3, 1, 1, groups=8, bias=False), norm(8), nn.ReLU(inplace=True),
        nn.Conv2d(8, 4, 1, bias=False), norm(4),
        _stack(4, 6, 3, 2, 3, 2, 1 - 0.9997), _stack(6, 8, 5, 2, 3, 1, 1 - 0.9997),
        nn.Conv2d(8, 24, 1, bias=False), norm(24), nn.ReLU(inplace=True), *classifier(24))


FAMILIES = {
    "mobilenet-v3": Family(mobilenet_v3, images(batch=4), labels=LABELS4),
    "efficientnet": Family(efficientnet, images(batch=4), labels=LABELS4),
    "efficientnet-v2": Family(efficientnet_v2, images(batch=4), 17, (), LABELS4),
    "shufflenet": Family(shufflenet, images(64, 4), labels=LABELS4),
    "mnasnet": Family(mnasnet, images(batch=4), 11, (17,), LABELS4),
}
