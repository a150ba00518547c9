#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: models_are_read.py HEARTH

Models that `hearth train` makes are run by onnxruntime, read and written by the safetensors
package, and their curves read by TensorBoard, in the virtual environment .cache/models. Prints
TAP.
"""
import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile

PYTHON = pathlib.Path(__file__).resolve().parents[2] / ".cache" / "models" / "bin" / "python"
DIGITS = pathlib.Path(__file__).resolve().parents[2] / "data" / "digits-8x8" / "digits.csv"
ARCHS = ("mlp", "cnn", "rnn")
TOLERANCE = 1e-5
N_SAMPLES = 300


def hearth(*args):
    done = subprocess.run([sys.argv[1], *args], timeout=600, check=False, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    if done.returncode:
        sys.exit(f"hearth {' '.join(args)}: {done.stderr}")
    return done.stdout


def enlarged(row):
    """8x8 of 0..16 as 28x28 of 0..255: 3x3 blocks and a margin of 2."""
    big = [0] * 784
    for i, value in enumerate(row[:64]):
        for dy in range(3):
            for dx in range(3):
                big[(2 + i // 8 * 3 + dy) * 28 + 2 + i % 8 * 3 + dx] = value * 255 // 16
    return big + row[64:]


def make_data():
    """small.csv and large.csv in the working folder, and folders of their pictures."""
    with open(DIGITS, encoding="ascii") as file:
        rows = [[int(field) for field in row] for row in csv.reader(file)][:N_SAMPLES]
    for name, data in (("small", rows), ("large", [enlarged(row) for row in rows])):
        with open(f"{name}.csv", "w", encoding="ascii") as file:
            csv.writer(file, lineterminator="\n").writerows(data)
        hearth("convert", f"{name}.csv", f"{name}-pictures")


def predicted(model, folder):
    names = [line.split(",")[0] for line in
             pathlib.Path(folder, "metadata.csv").read_text(encoding="ascii").splitlines()[1:]]
    text = hearth("predict", model, *(f"{folder}/{name}" for name in names), "--json")
    return [one["probabilities"] for one in json.loads(text)["predictions"]]


# Below here: what runs inside the virtual environment, on the files in the working folder.

def images_of(name):
    import numpy
    data = numpy.loadtxt(f"{name}.csv", delimiter=",", dtype=numpy.float32)
    side = 8 if name == "small" else 28
    return data[:, :-1].reshape(-1, 1, side, side) / numpy.float32(16 if side == 8 else 255)


def check_onnx(case, name):
    """The largest difference of a probability from ours, for grey and for coloured input."""
    import numpy
    import onnxruntime
    session = onnxruntime.InferenceSession(f"{case}.onnx", providers=["CPUExecutionProvider"])
    ours = numpy.array(json.loads(pathlib.Path(f"{case}.json").read_text(encoding="ascii")))
    for channels in (1, 3):
        images = numpy.repeat(images_of(name), channels, axis=1)
        logits, probabilities = session.run(["logits", "probabilities"],
                                            {"pixel_values": images})
        worst = abs(probabilities - ours).max()
        yield worst <= TOLERANCE, (f"onnxruntime gives the probabilities of {case} from "
                                   f"{channels} channel(s): {worst:.1e}")
        yield bool((logits.argmax(1) == ours.argmax(1)).all()), f"logits of {case} agree"


def check_safetensors(case):
    """The package reads our file; a file that it writes is ours again."""
    from safetensors import safe_open
    from safetensors.numpy import load_file, save_file
    ours = f"{case}/model.safetensors"
    with safe_open(ours, "numpy") as file:
        metadata = file.metadata()
        shapes = {key: file.get_slice(key).get_shape() for key in file.keys()}
    tensors = load_file(ours)
    yield metadata["format"] == "pt" and {"arch", "data_sha256", "seed"} <= set(metadata), \
        f"safetensors reads the metadata of {case}"
    yield sum(t.size for t in tensors.values()) == int(metadata["total_parameters"]) and all(
        list(t.shape) == shapes[key] for key, t in tensors.items()), \
        f"safetensors reads the tensors of {case}"
    save_file(tensors, f"{case}-theirs.safetensors", metadata)


def check_curves(case):
    """Two epochs with all four curves, and the losses of curves.csv in them."""
    from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
    points = {}
    for path in pathlib.Path(case).glob("events.out.tfevents.*"):
        for event in EventFileLoader(str(path)).Load():
            for value in event.summary.value:
                points.setdefault(value.tag, {})[event.step] = value.tensor.float_val[0]
    with open(f"{case}/curves.csv", encoding="ascii") as file:
        losses = {int(row["epoch"]): float(row["loss"]) for row in csv.DictReader(file)}
    read = points.get("loss/train", {})
    yield len(points) == 4 and losses.keys() == read.keys() and all(
        abs(losses[epoch] - read[epoch]) < 1e-6 for epoch in losses), \
        f"TensorBoard reads the curves of {case}: {', '.join(sorted(points))}"


def inside(cases):
    for case, name in cases:
        for check in (check_onnx(case, name), check_safetensors(case), check_curves(case)):
            for good, what in check:
                print("ok" if good else "not ok", "-", what)


def run_inside(cases):
    if not PYTHON.exists():
        sys.exit("no .cache/models/bin/python: tools/test installs it")
    done = subprocess.run([PYTHON, __file__, "--inside", json.dumps(cases)], check=False,
                          text=True, timeout=300, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)
    points = [line.split(" - ", 1) for line in done.stdout.splitlines()]
    if done.returncode:
        print("#", done.stderr.replace("\n", "\n# "))
        points.append(["not ok", f"the readers end with {done.returncode}"])
    return points


def main():
    cases = [(f"{arch}-{name}", name) for arch in ARCHS for name in ("small", "large")]
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        make_data()
        for case, name in cases:
            hearth("train", "--data", f"{name}.csv", "--out", case, "--epochs", "2",
                   "--tfevents", "--validation", "0.2", "--arch", case.split("-")[0])
            hearth("convert", case, f"{case}.onnx")
            with open(f"{case}.json", "w", encoding="ascii") as file:
                json.dump(predicted(case, f"{name}-pictures"), file)
        points = run_inside(cases)
        for case, _ in cases:
            hearth("convert", f"{case}-theirs.safetensors", f"{case}-again.safetensors")
            same = pathlib.Path(f"{case}-again.safetensors").read_bytes() == \
                pathlib.Path(case, "model.safetensors").read_bytes()
            points.append(["ok" if same else "not ok",
                           f"what safetensors writes of {case} is read as the same model"])
    for n, (state, what) in enumerate(points, 1):
        print(state, n, "-", what)
    print(f"1..{len(points)}")
    sys.exit(any(state != "ok" for state, _ in points))


if __name__ == "__main__":
    if sys.argv[1] == "--inside":
        inside(json.loads(sys.argv[2]))
    else:
        sys.argv[1] = os.path.abspath(sys.argv[1])
        main()
