#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `hearth train --arch cnn` reaches when nothing else is said, and the 28x28 model.

usage: tests/integration/cnn_accuracy.py HEARTH SOURCE_ROOT

The digits: ten random divisions into 80 and 20 percent, seeds 0 to 9; then all of them, and the
digits of thirty other writers (tools/fetch-optdigits brings them). MNIST (tools/fetch-mnist
brings it): data/digits-28x28/model.safetensors is trained again to the same bytes; it and two
models of other seeds read the 10,000 test digits. Takes minutes: suite full.
"""
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile

HEARTH, ROOT = sys.argv[1], sys.argv[2]
CACHE = os.path.join(ROOT, ".cache")
MNIST = os.path.join(CACHE, "mnist")
DIGITS = os.path.join(ROOT, "data", "digits-8x8", "digits.csv")
BUNDLED = os.path.join(ROOT, "data", "digits-28x28", "model.safetensors")


def hearth(*args):
    return subprocess.run([HEARTH, *args], check=True, capture_output=True, text=True).stdout


def accuracy(model, data):
    return json.loads(hearth("eval", model, "--data", data, "--json"))["accuracy"]


def digits(work):
    """The mean of ten divisions is at least 99.4 percent."""
    with open(DIGITS, encoding="ascii") as file:
        rows = file.read().split()
    figures = []
    for seed in range(10):
        order = rows[:]
        random.Random(seed).shuffle(order)
        paths = [os.path.join(work, name) for name in ("test.csv", "train.csv")]
        for path, part in zip(paths, (order[:360], order[360:])):
            with open(path, "w", encoding="ascii") as file:
                file.write("\n".join(part) + "\n")
        out = os.path.join(work, str(seed))
        hearth("train", "--arch", "cnn", "--data", paths[1], "--out", out, "--seed", str(seed))
        figures.append(accuracy(out, paths[0]))
    mean = sum(figures) / len(figures)
    print("# " + " ".join(f"{figure:.4f}" for figure in figures) + f", mean {mean:.4f}")
    return mean >= 0.994


def unseen_writers(work):
    """Three models read at least 98.3 percent of unseen writers' digits in the mean."""
    subprocess.run([os.path.join(ROOT, "tools", "fetch-optdigits")], check=True)
    figures = []
    for seed in range(3):
        out = os.path.join(work, f"all-{seed}")
        hearth("train", "--arch", "cnn", "--data", DIGITS, "--out", out, "--seed", str(seed))
        figures.append(accuracy(out, os.path.join(CACHE, "optdigits", "unseen.csv")))
    print("# " + " ".join(f"{figure:.4f}" for figure in figures))
    return sum(figures) / len(figures) >= 0.983


def train_mnist(work, seed):
    """The folder of a model; seconds that each of two processors had to work for it."""
    out = os.path.join(work, f"mnist-{seed}")
    before = os.times()
    hearth("train", "--arch", "cnn", "--data", os.path.join(MNIST, "train-images-idx3-ubyte"),
           "--out", out, "--threads", "2", "--seed", str(seed))
    after = os.times()
    return out, (after.children_user - before.children_user +
                 after.children_system - before.children_system) / 2


def mnist_is_rebuilt(work):
    """The bundled 28x28 model comes out again to the byte, in 3 minutes of 2 processors."""
    subprocess.run([os.path.join(ROOT, "tools", "fetch-mnist")], check=True)
    out, seconds = train_mnist(work, 0)
    digests = []
    for path in (BUNDLED, os.path.join(out, "model.safetensors")):
        with open(path, "rb") as file:
            digests.append(hashlib.sha256(file.read()).hexdigest())
        print(f"# {digests[-1]} {path}")
    print(f"# {seconds:.0f} s of each of two processors")
    return digests[0] == digests[1] and seconds < 180


def mnist(work):
    """Three models read at least 99.4 percent of the test digits in the mean."""
    models = [BUNDLED, *(train_mnist(work, seed)[0] for seed in (1, 2))]
    data = os.path.join(MNIST, "t10k-images-idx3-ubyte")
    figures = [accuracy(model, data) for model in models]
    print("# " + " ".join(f"{figure:.4f}" for figure in figures))
    return sum(figures) / len(figures) >= 0.994


def main():
    tests = (digits, unseen_writers, mnist_is_rebuilt, mnist)
    failed = 0
    print(f"1..{len(tests)}")
    with tempfile.TemporaryDirectory() as work:
        for number, test in enumerate(tests, 1):
            is_right = test(work)
            failed += not is_right
            print(f"{'ok' if is_right else 'not ok'} {number} - {test.__doc__}", flush=True)
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
