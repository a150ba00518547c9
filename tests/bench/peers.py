# SPDX-License-Identifier: Apache-2.0
"""The peers of the model benchmarks: scikit-learn and torch, each on one thread.

usage: tests/bench/peers.py sklearn|torch TRAIN TEST       (CSV of digits, or IDX images)
       tests/bench/peers.py torch-cnn TRAIN TEST EPOCHS

Fits the classic recipe, or the network of model/cnn.c, once for every line on stdin, and
answers "milliseconds accuracy". Milliseconds are processor time, which other work on the
machine disturbs least.
"""
import os
import sys
import time
import warnings

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"
warnings.filterwarnings("ignore")
import numpy as np  # noqa: E402  (after the number of threads)

EPOCHS, BATCH, RATE, HIDDEN, CLASSES = 10, 64, 1e-3, 128, 10


def read(path):
    if path.endswith(".csv"):
        rows = np.loadtxt(path, delimiter=",", dtype=np.float32)
        return rows[:, :-1] / 16, rows[:, -1].astype(np.int64)
    labels = path.replace("images-idx3", "labels-idx1")
    pixels = np.fromfile(path, np.uint8, offset=16).reshape(-1, 784)
    digits = np.fromfile(labels, np.uint8, offset=8)
    return (pixels / 255).astype(np.float32), digits.astype(np.int64)


def fit_sklearn(seed, x, y):
    from sklearn.neural_network import MLPClassifier
    model = MLPClassifier((HIDDEN,), batch_size=BATCH, max_iter=EPOCHS, alpha=0.0, tol=0.0,
                          learning_rate_init=RATE, n_iter_no_change=10000, random_state=seed)
    model.fit(x, y)
    return model.predict


def fit_torch(seed, x, y):
    import torch
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    torch.manual_seed(seed)
    model = torch.nn.Sequential(torch.nn.Linear(x.shape[1], HIDDEN), torch.nn.ReLU(),
                                torch.nn.Linear(HIDDEN, CLASSES))
    for layer in (model[0], model[2]):
        torch.nn.init.xavier_uniform_(layer.weight)
        torch.nn.init.zeros_(layer.bias)
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    inputs, labels = torch.from_numpy(x), torch.from_numpy(y)
    for _ in range(EPOCHS):
        order = torch.randperm(len(inputs))
        for at in range(0, len(inputs), BATCH):
            rows = order[at:at + BATCH]
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(model(inputs[rows]), labels[rows])
            loss.backward()
            optimizer.step()
    return lambda test: model(torch.from_numpy(test)).argmax(1).numpy()


def torch_cnn(side):
    """The layers of model/cnn.c."""
    from torch import nn
    channels, pools = {8: ((1, 16, 32, 64), (0, 1, 0)), 28: ((1, 16, 16, 42), (0, 1, 1))}[side]
    layers = []
    for i, o, pool in zip(channels, channels[1:], pools):
        layers += [nn.Conv2d(i, o, 3, padding=1, bias=False), nn.BatchNorm2d(o), nn.ReLU(True)]
        layers += [nn.MaxPool2d(2)] * pool
    out = side // 2 ** sum(pools)
    return nn.Sequential(*layers, nn.Flatten(), nn.Dropout(0.3),
                         nn.Linear(channels[-1] * out * out, CLASSES))


def fit_torch_cnn(seed, x, y):
    """AdamW with one cycle; memory in the order of channels, which is faster here."""
    import torch
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    torch.manual_seed(seed)
    side, epochs = int(x.shape[1] ** 0.5), int(sys.argv[4])
    layout = torch.channels_last
    model = torch_cnn(side).to(memory_format=layout)
    inputs = torch.from_numpy(x).reshape(-1, 1, side, side).to(memory_format=layout)
    labels = torch.from_numpy(y)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=0.01)
    steps = epochs * -(-len(inputs) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, steps, cycle_momentum=False)
    for _ in range(epochs):
        order = torch.randperm(len(inputs))
        for at in range(0, len(inputs), BATCH):
            rows = order[at:at + BATCH]
            optimizer.zero_grad()
            loss = torch.nn.functional.cross_entropy(model(inputs[rows]), labels[rows])
            loss.backward()
            optimizer.step()
            schedule.step()
    model.eval()

    def predict(test):
        with torch.no_grad():
            return model(torch.from_numpy(test).reshape(-1, 1, side, side)).argmax(1).numpy()
    return predict


def main():
    fit = {"sklearn": fit_sklearn, "torch": fit_torch, "torch-cnn": fit_torch_cnn}[sys.argv[1]]
    x, y = read(sys.argv[2])
    x_test, y_test = read(sys.argv[3])
    fit(0, x[:640], y[:640])  # imports and first calls are not what is measured
    print("ready", flush=True)
    for seed, _ in enumerate(sys.stdin):
        start = time.process_time()
        predict = fit(seed, x, y)
        took = time.process_time() - start
        print(took * 1e3, float((predict(x_test) == y_test).mean()), flush=True)


if __name__ == "__main__":
    main()
