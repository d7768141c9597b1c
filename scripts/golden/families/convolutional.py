"""Convolutional classifiers with the blocks of torchvision."""
from torch import nn
from torchvision.models.convnext import CNBlockConfig, ConvNeXt
from torchvision.models.densenet import DenseNet
from torchvision.models.googlenet import BasicConv2d as GoogleConv
from torchvision.models.googlenet import Inception
from torchvision.models.inception import BasicConv2d, InceptionA, InceptionB, InceptionC, InceptionE
from torchvision.models.regnet import BlockParams, RegNet
from torchvision.models.resnet import Bottleneck, conv1x1

from family import Family, images

CLASSES = 5


def classifier(width):
    return [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(width, CLASSES)]


def resnext():
    """Bottlenecks of grouped convolutions."""
    down = lambda i, o, s: nn.Sequential(conv1x1(i, o, s), nn.BatchNorm2d(o))
    return nn.Sequential(
        nn.Conv2d(3, 8, 7, 2, 3, bias=False), nn.BatchNorm2d(8), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1),
        Bottleneck(8, 4, 1, down(8, 16, 1), groups=4, base_width=32), Bottleneck(16, 4, groups=4, base_width=32),
        Bottleneck(16, 6, 2, down(16, 24, 2), groups=4, base_width=32), *classifier(24))


class Narrow(BasicConv2d):
    """A sixteenth of the published width, at least 2."""

    def __init__(self, inputs, outputs, **kwargs):
        super().__init__(inputs if inputs == 3 else inputs // 16, outputs // 16, **kwargs)


def inception_v3():
    """Blocks of each size of picture; kernels 1x7, 7x1, 1x3, 3x1, average pools that count the padding."""
    return nn.Sequential(
        Narrow(3, 32, kernel_size=3, stride=2), Narrow(32, 64, kernel_size=3, padding=1), nn.MaxPool2d(3, 2),
        Narrow(64, 192, kernel_size=1),
        InceptionA(192, 32, Narrow), InceptionB(256, Narrow), InceptionC(736, 128, Narrow), nn.MaxPool2d(3, 2),
        InceptionE(768, Narrow), *classifier(128))


def googlenet():
    """Local pooling branches, max pools that round up."""
    return nn.Sequential(
        GoogleConv(3, 6, kernel_size=7, stride=2, padding=3), nn.MaxPool2d(3, 2, ceil_mode=True),
        GoogleConv(6, 6, kernel_size=1), GoogleConv(6, 12, kernel_size=3, padding=1),
        nn.MaxPool2d(3, 2, ceil_mode=True), Inception(12, 4, 4, 6, 2, 4, 4), Inception(18, 6, 4, 8, 2, 4, 4),
        nn.MaxPool2d(2, 2, ceil_mode=True), nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten(), nn.Dropout(0.2),
        nn.Linear(22, CLASSES))


def densenet():
    """DenseNet: normalisation before convolutions, concatenation of all earlier outputs, average pools between blocks."""
    return DenseNet(4, (2, 2, 2), 8, 2, 0, CLASSES)


def convnext():
    """7x7 depthwise convolutions, LayerNorm of channels between transposes, GELU, a scale per channel."""
    return ConvNeXt([CNBlockConfig(8, 12, 1), CNBlockConfig(12, 16, 2), CNBlockConfig(16, None, 1)],
                    num_classes=CLASSES)


def regnet_y():
    """Grouped bottlenecks with squeeze and excitation."""
    return RegNet(BlockParams([1, 2], [8, 16], [4, 4], [1.0, 1.0], [2, 2], 0.25), CLASSES, stem_width=6)


def regnet_x():
    return RegNet(BlockParams([1, 1], [8, 16], [4, 8], [1.0, 1.0], [2, 2]), CLASSES, stem_width=6)


LABELS4, LABELS2 = [3, 0, 4, 1], [3, 1]
FAMILIES = {
    "resnext": Family(resnext, images(batch=4), labels=LABELS4),
    "inception-v3": Family(inception_v3, images(64, 4), labels=LABELS4),
    "googlenet": Family(googlenet, images(batch=4), labels=LABELS4),
    "densenet": Family(densenet, images(batch=4), labels=LABELS4),
    "convnext": Family(convnext, images(), labels=LABELS2),
    "regnet-x": Family(regnet_x, images(batch=4), 11, (), LABELS4),
    "regnet-y": Family(regnet_y, images(batch=4), labels=LABELS4),
}
