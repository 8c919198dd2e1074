"""Synthetic pictures with a known truth, made by code: they show how the page works and are no evidence of quality."""

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Labels = NDArray[np.int32]


def nuclei_phantom(seed: int = 7, size: int = 384, count: int = 60) -> tuple[Picture, Labels]:
    """Fluorescent nuclei: bright textured ellipses on black, some touching, with blur, uneven light and camera noise.

    Returns:
        uint8 [size, size] and int32 labels of the same shape.
    """
    import cv2

    rng = np.random.default_rng(seed)
    labels = np.zeros((size, size), np.int32)
    light = np.zeros((size, size), np.float32)
    texture = _smooth_noise(rng, size, 3)
    for _ in range(count * 20):
        if labels.max() >= count:
            break
        centre = tuple(int(v) for v in rng.integers(6, size - 6, 2))
        axes = tuple(int(v) for v in rng.integers(9, 17, 2))
        shape = np.zeros((size, size), np.uint8)
        cv2.ellipse(shape, centre, axes, float(rng.uniform(0, 180)), 0, 360, 1, -1)
        inside = shape > 0
        overlap = (labels[inside] > 0).mean()
        if overlap > 0.12:
            continue
        inside &= labels == 0
        labels[inside] = labels.max() + 1
        light[inside] = rng.uniform(0.35, 0.95) * (1 + 0.25 * texture[inside])
    light = cv2.GaussianBlur(light, (0, 0), 1.3) * (0.85 + 0.15 * _smooth_noise(rng, size, 90))
    light += 0.03 + 0.1 * cv2.GaussianBlur(light, (0, 0), 18)
    return _as_bytes(light + rng.normal(0, 0.012, light.shape) * (1 + 2 * np.sqrt(np.abs(light)))), labels


def fundus_phantom(seed: int = 11, size: int = 900) -> tuple[Picture, NDArray[np.bool_]]:
    """A fundus-like photograph: an orange disc on black with an optic disc, a fovea, and two branching vessel trees.

    Returns:
        uint8 [size, size, 3] and the mask of its vessels.
    """
    import cv2

    rng = np.random.default_rng(seed)
    radius, middle = size * 0.46, size / 2
    rows, columns = np.mgrid[:size, :size].astype(np.float32)
    distance = np.hypot(columns - middle, rows - middle)
    disc = np.array([middle + 0.5 * radius, middle - 0.04 * radius])
    arteries = np.zeros((size, size), np.uint8)
    veins = np.zeros((size, size), np.uint8)
    for angle in (-2.25, -0.95, 0.95, 2.25):
        for layer, offset, width in ((veins, 0.0, 1.15), (arteries, 0.16, 0.9)):
            _grow_vessel(rng, layer, disc, angle + offset, radius * 0.014 * width, radius, middle)
    shade = 0.95 - 0.45 * (distance / radius) ** 2 + 0.08 * _smooth_noise(rng, size, 60)
    shade += 0.03 * _smooth_noise(rng, size, 6)
    fovea = np.exp(-(((columns - middle + 0.35 * radius) ** 2 + (rows - middle) ** 2) / (2 * (0.13 * radius) ** 2)))
    bright = np.exp(-((np.hypot(columns - disc[0], (rows - disc[1]) * 0.9) / (0.14 * radius)) ** 4))
    colour = np.stack([0.80 * shade, 0.40 * shade, 0.16 * shade], axis=-1)
    colour *= 1 - 0.35 * fovea[..., None]
    colour += bright[..., None] * np.array([0.22, 0.42, 0.28])
    for layer, darkness in ((veins, 0.5), (arteries, 0.34)):
        soft = cv2.GaussianBlur(layer.astype(np.float32), (0, 0), 1.2)[..., None]
        colour *= 1 - soft * darkness * np.array([0.45, 1.0, 0.8])
    field = np.clip((radius - distance) / 3, 0, 1)[..., None]
    colour = cv2.GaussianBlur(colour.astype(np.float32), (0, 0), 0.8) + rng.normal(0, 0.012, colour.shape)
    return _as_bytes(colour * field), ((arteries | veins) > 0) & (distance < radius)


def ventricle_phantom(seed: int = 5, size: int = 256) -> tuple[NDArray[np.uint16], NDArray[np.bool_]]:
    """A short-axis slice of a heart: chest wall, lung, liver, both ventricles, papillary muscles, and Rician noise.

    Bright near the coil on the chest and dark in the depth, as cine MRI is. Source of the noise: Gudbjartsson and Patz
    1995, "The Rician distribution of noisy MRI data".

    Returns:
        uint16 [size, size] with values up to about 1,500 as a scanner gives them, and the mask of the left cavity.
    """
    import cv2

    rng = np.random.default_rng(seed)
    unit = size / 256
    signal = np.zeros((size, size), np.float32)

    def ellipse(x: float, y: float, width: float, height: float, value: float, angle: float = 0.0) -> None:
        centre, axes = (round(x * unit), round(y * unit)), (round(width * unit), round(height * unit))
        cv2.ellipse(signal, centre, axes, angle, 0, 360, value, -1, cv2.LINE_AA)

    ellipse(132, 150, 138, 118, 900, 12)  # fat under the skin
    ellipse(132, 156, 128, 110, 300, 12)  # muscle
    ellipse(152, 118, 92, 62, 55, 18)  # lung
    ellipse(84, 206, 88, 46, 330, 14)  # liver
    ellipse(196, 214, 46, 40, 420)  # stomach and fat
    ellipse(204, 210, 30, 26, 120)
    for x, y in rng.uniform((150, 70), (225, 150), (14, 2)):
        ellipse(x, y, 1.4, 1.4, 260)  # vessels of the lung
    ellipse(132, 122, 62, 46, 520, 28)  # fat around the heart
    ellipse(132, 122, 58, 42, 250, 28)
    ellipse(107, 116, 30, 27, 470, 30)  # right ventricle
    ellipse(148, 130, 35, 33, 170)  # wall of the left ventricle
    truth = np.zeros((size, size), np.uint8)
    cavity = ((round(149 * unit), round(129 * unit)), (round(23 * unit), round(21 * unit)))
    cv2.ellipse(truth, *cavity, 0, 0, 360, 1, -1)
    ellipse(149, 129, 23, 21, 540)
    for x, y in ((160, 120), (140, 142)):
        ellipse(x, y, 4, 3, 260)  # papillary muscles belong to the cavity, as in the training data
    signal *= 1 + 0.16 * _smooth_noise(rng, size, 4) + 0.12 * _smooth_noise(rng, size, 24)
    rows, columns = np.mgrid[:size, :size].astype(np.float32) / size
    # the coil lies on the chest, at the top of the picture
    signal *= 0.55 + 1.2 * np.exp(-(((rows - 0.02) / 0.32) ** 2) - ((columns - 0.55) / 0.45) ** 2)
    signal = cv2.GaussianBlur(signal, (0, 0), 0.8 * unit)
    noise = rng.normal(0, 9, (2, size, size))
    # scanners cut the corners that their gradients distort
    field = np.clip((0.49 - np.hypot(rows - 0.5, columns - 0.5)) * 64, 0, 1)
    return (np.hypot(signal + noise[0], noise[1]) * field).round().astype(np.uint16), truth > 0


def _grow_vessel(
    rng: np.random.Generator,
    layer: NDArray[np.uint8],
    start: NDArray[np.float64],
    angle: float,
    width: float,
    radius: float,
    middle: float,
) -> None:
    """Draw a vessel that wanders, tapers and branches until it is thin or leaves the field of view."""
    import cv2

    # Murray 1926: the cubes of both daughters' widths add up to that of the mother
    todo = [(start.copy(), angle, width, 0.0)]
    while todo:
        place, angle, width, bend = todo.pop()
        length = float(rng.uniform(0.18, 0.4)) * radius * (0.5 + width / (0.028 * radius))
        travelled = 0.0
        while travelled < length and width > 0.9:
            step = 4.0
            bend = 0.92 * bend + rng.normal(0, 0.006)
            angle += bend * step / 4
            following = place + step * np.array([np.cos(angle), np.sin(angle)])
            if np.hypot(*(following - middle)) > radius:
                width = 0.0
                break
            ends = [tuple(round(v * 8) for v in point) for point in (place, following)]
            cv2.line(layer, ends[0], ends[1], 1, max(1, round(width)), cv2.LINE_8, 3)
            place, travelled, width = following, travelled + step, width * 0.9985
        if width > 1.0:
            share = float(rng.uniform(0.35, 0.65))
            side = 1 if rng.random() < 0.5 else -1
            for part, turn in ((1 - share, -0.35 * share), (share, 0.9 * (1 - share))):
                todo.append((place.copy(), angle + side * turn, width * part ** (1 / 3) * 0.97, bend))


def _smooth_noise(rng: np.random.Generator, size: int, grain: float) -> NDArray[np.float32]:
    """Noise with structures of about ``grain`` pixels, mean 0, nearly all within [-1, 1]."""
    import cv2

    reduced = max(4, round(size / max(grain / 2, 1)))
    noise = cv2.GaussianBlur(rng.normal(0, 1, (reduced, reduced)).astype(np.float32), (0, 0), 1.5)
    noise = cv2.resize(noise, (size, size), interpolation=cv2.INTER_CUBIC)
    return np.asarray((noise - noise.mean()) / (2.5 * noise.std()))


def _as_bytes(values: NDArray[np.floating]) -> Picture:
    return np.rint(np.clip(values, 0, 1) * 255).astype(np.uint8)
