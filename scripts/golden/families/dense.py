"""Networks of detection and segmentation: several outputs, or one value for each pixel."""
from collections import OrderedDict

import torch
from torch import nn
from torch.nn import functional as F
from torchvision.models.detection.rpn import RPNHead
from torchvision.models.detection.ssd import SSDHead
from torchvision.models.resnet import BasicBlock, conv1x1
from torchvision.models.segmentation.deeplabv3 import ASPP
from torchvision.models.segmentation.fcn import FCNHead
from torchvision.ops import FeaturePyramidNetwork
from torchvision.ops.feature_pyramid_network import LastLevelMaxPool

from family import Family, images

CLASSES = 5


def block(inputs, outputs, stride):
    return BasicBlock(inputs, outputs, stride, nn.Sequential(conv1x1(inputs, outputs, stride), nn.BatchNorm2d(outputs)))


def stem(width):
    return nn.Sequential(nn.Conv2d(3, width, 3, 2, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU(inplace=True))


class Ssd(nn.Module):
    """VGG with dilation, features rescaled after an L2 norm, and a head on every scale."""

    def __init__(self):
        super().__init__()
        relu = nn.ReLU(inplace=True)
        self.scale_weight = nn.Parameter(torch.ones(8) * 20)
        self.features = nn.Sequential(
            nn.Conv2d(3, 6, 3, padding=1), relu, nn.MaxPool2d(2, 2), nn.Conv2d(6, 8, 3, padding=1), relu,
            nn.MaxPool2d(2, 2, ceil_mode=True))
        self.extra = nn.ModuleList([
            nn.Sequential(nn.MaxPool2d(3, 1, 1), nn.Conv2d(8, 12, 3, padding=6, dilation=6), relu,
                          nn.Conv2d(12, 12, 1), relu),
            nn.Sequential(nn.Conv2d(12, 6, 1), relu, nn.Conv2d(6, 8, 3, 2, 1), relu)])
        self.head = SSDHead([8, 12, 8], [2, 3, 2], 3)

    def forward(self, x):
        x = self.features(x)
        found = [self.scale_weight.view(1, -1, 1, 1) * F.normalize(x)]
        for part in self.extra:
            x = part(x)
            found.append(x)
        made = self.head(found)
        return made["bbox_regression"], made["cls_logits"]


class FasterRcnn(nn.Module):
    """ResNet, the feature pyramid with an extra level, and the region proposal head on each level."""

    def __init__(self):
        super().__init__()
        self.stem, self.layer1, self.layer2, self.layer3 = stem(6), block(6, 6, 1), block(6, 8, 2), block(8, 12, 2)
        self.fpn = FeaturePyramidNetwork([6, 8, 12], 8, LastLevelMaxPool())
        self.rpn = RPNHead(8, 3)

    def forward(self, x):
        levels, x = OrderedDict(), self.stem(x)
        for name in ["layer1", "layer2", "layer3"]:
            x = getattr(self, name)(x)
            levels[name] = x
        scores, boxes = self.rpn(list(self.fpn(levels).values()))
        return (*scores, *boxes)


class ConvSilu(nn.Module):
    def __init__(self, inputs, outputs, kernel=1, stride=1):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
        self.bn, self.act = nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.03), nn.SiLU(inplace=True)

    def forward(self, x):
        return self.act(self.bn(self.conv(x)))


class C2f(nn.Module):
    """C2f of YOLOv8: half of the channels through a chain, then all parts joined."""

    def __init__(self, inputs, outputs, shortcut):
        super().__init__()
        self.c, self.shortcut = outputs // 2, shortcut
        self.cv1, self.cv2 = ConvSilu(inputs, 2 * self.c), ConvSilu(3 * self.c, outputs)
        self.m1, self.m2 = ConvSilu(self.c, self.c, 3), ConvSilu(self.c, self.c, 3)

    def forward(self, x):
        y = list(self.cv1(x).chunk(2, 1))
        z = self.m2(self.m1(y[-1]))
        y.append(y[-1] + z if self.shortcut else z)
        return self.cv2(torch.cat(y, 1))


class Sppf(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.cv1, self.cv2, self.m = ConvSilu(width, width // 2), ConvSilu(width * 2, width), nn.MaxPool2d(5, 1, 2)

    def forward(self, x):
        x = self.cv1(x)
        y = [x]
        y.extend(self.m(y[-1]) for _ in range(3))
        return self.cv2(torch.cat(y, 1))


class Yolo(nn.Module):
    """SiLU, Concat, Split, Resize; boxes from distributions over distances, as YOLOv8 writes them."""

    def __init__(self, m=1):
        super().__init__()
        self.b1, self.b2, self.b3 = ConvSilu(3, 6 * m, 3, 2), ConvSilu(6 * m, 8 * m, 3, 2), C2f(8 * m, 8 * m, True)
        self.b4, self.b5, self.sppf = ConvSilu(8 * m, 12 * m, 3, 2), C2f(12 * m, 12 * m, True), Sppf(12 * m)
        self.up, self.n1 = nn.Upsample(scale_factor=2, mode="nearest"), C2f(20 * m, 8 * m, False)
        self.down, self.n2 = ConvSilu(8 * m, 8 * m, 3, 2), C2f(20 * m, 12 * m, False)
        self.box = nn.ModuleList([nn.Conv2d(8 * m, 16, 1), nn.Conv2d(12 * m, 16, 1)])
        self.cls = nn.ModuleList([nn.Conv2d(8 * m, 3, 1), nn.Conv2d(12 * m, 3, 1)])
        self.register_buffer("bins", torch.arange(4, dtype=torch.float).view(1, 4, 1, 1))

    def forward(self, x):
        p3 = self.b3(self.b2(self.b1(x)))
        p4 = self.sppf(self.b5(self.b4(p3)))
        n1 = self.n1(torch.cat([self.up(p4), p3], 1))
        n2 = self.n2(torch.cat([self.down(n1), p4], 1))
        levels = [torch.cat((b(f), c(f)), 1) for b, c, f in zip(self.box, self.cls, [n1, n2])]
        box, cls = torch.cat([v.view(v.shape[0], 19, -1) for v in levels], 2).split((16, 3), 1)
        batch, _, anchors = box.shape
        distances = box.view(batch, 4, 4, anchors).transpose(2, 1).softmax(1)
        distances = F.conv2d(distances, self.bins.to(distances.dtype)).view(batch, 4, anchors)
        lt, rb = distances.chunk(2, 1)
        return torch.cat(((rb - lt) / 2, lt + rb, cls.sigmoid()), 1)


class Unet(nn.Module):
    """Down by max pools, up by transposed convolutions and by bilinear interpolation, joined by Concat."""

    def __init__(self, m=1):
        super().__init__()
        double = lambda i, o: nn.Sequential(
            nn.Conv2d(i, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU(inplace=True),
            nn.Conv2d(o, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU(inplace=True))
        self.d1, self.d2, self.d3, self.pool = double(3, 4 * m), double(4 * m, 6 * m), double(6 * m, 8 * m), nn.MaxPool2d(2)
        self.up1, self.u1 = nn.ConvTranspose2d(8 * m, 6 * m, 2, 2), double(12 * m, 6 * m)
        self.up2, self.u2 = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=True), double(10 * m, 4 * m)
        self.out = nn.Conv2d(4 * m, 2, 1)

    def forward(self, x):
        a = self.d1(x)
        b = self.d2(self.pool(a))
        c = self.d3(self.pool(b))
        up = self.up1(c)
        # As the published code does: pad to the size of the skip connection.
        dy, dx = b.size()[2] - up.size()[2], b.size()[3] - up.size()[3]
        up = F.pad(up, [dx // 2, dx - dx // 2, dy // 2, dy - dy // 2])
        y = self.u1(torch.cat([b, up], 1))
        return self.out(self.u2(torch.cat([a, self.up2(y)], 1)))


class Fcn(nn.Module):
    """Features at an eighth, dilated, scores interpolated back to the size of the picture; an auxiliary head."""

    def __init__(self):
        super().__init__()
        self.stem, self.a, self.b = stem(6), block(6, 8, 2), block(8, 12, 2)
        self.classifier, self.aux = FCNHead(12, 3), FCNHead(8, 3)
        self.deconv = nn.ConvTranspose2d(3, 3, 4, 2, 1, output_padding=1, groups=3, bias=False)

    def forward(self, x):
        size = x.shape[-2:]
        a = self.a(self.stem(x))
        out = F.interpolate(self.classifier(self.b(a)), size=size, mode="bilinear", align_corners=False)
        return out, F.interpolate(self.deconv(self.aux(a)), size=size, mode="nearest")


class DeepLab(nn.Module):
    """Atrous pyramid pooling, one branch of which is a global pool that is interpolated."""

    def __init__(self):
        super().__init__()
        self.stem, self.a = stem(6), block(6, 8, 2)
        self.b = nn.Sequential(nn.Conv2d(8, 12, 3, padding=2, dilation=2, bias=False), nn.BatchNorm2d(12), nn.ReLU())
        self.classifier = nn.Sequential(
            ASPP(12, [2, 3, 4], 8), nn.Conv2d(8, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU(),
            nn.Conv2d(8, 3, 1))

    def forward(self, x):
        y = self.classifier(self.b(self.a(self.stem(x))))
        return F.interpolate(y, size=x.shape[-2:], mode="bilinear", align_corners=False)


FAMILIES = {
    "yolo": Family(Yolo, images(batch=4), outputs=("detections",)),
    "unet": Family(Unet, images()),
    "ssd": Family(Ssd, images(), outputs=("boxes", "scores")),
    "faster-rcnn": Family(FasterRcnn, images(), outputs=(
        *[f"scores{i}" for i in range(4)], *[f"boxes{i}" for i in range(4)])),
    "fcn": Family(Fcn, images(), outputs=("out", "aux")),
    "deeplab": Family(DeepLab, images(batch=4)),
}
