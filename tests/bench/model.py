# SPDX-License-Identifier: Apache-2.0
"""Figures of the model layer against its peers. Called by tests/bench/run."""
import os
import statistics
import subprocess
import sys
import tempfile

import figures

ROUNDS, OURS_PER_ROUND = 15, 8
PYTHON = "/usr/bin/python3"
BENCH = "build/tests/bench/bench_model"
DIGITS = "data/digits-8x8"
# What holds a peer to our instruction set; whatever else of it is set would hold it back.
LIMITS = ("ATEN_CPU_CAPABILITY", "DNNL_MAX_CPU_ISA", "ONEDNN_MAX_CPU_ISA", "OPENBLAS_CORETYPE",
          "OPENBLAS_L2_SIZE", "NPY_DISABLE_CPU_FEATURES")
AVX512 = "AVX512F,AVX512CD,AVX512_SKX,AVX512_CLX,AVX512_CNL,AVX512_ICL"
PEERS_ISA = {
    "baseline": {"ATEN_CPU_CAPABILITY": "default", "DNNL_MAX_CPU_ISA": "SSE41",
                 "ONEDNN_MAX_CPU_ISA": "SSE41", "OPENBLAS_CORETYPE": "Prescott",
                 "NPY_DISABLE_CPU_FEATURES": "AVX,F16C,FMA3,AVX2," + AVX512},
    "v3": {"ATEN_CPU_CAPABILITY": "avx2", "DNNL_MAX_CPU_ISA": "AVX2",
           "ONEDNN_MAX_CPU_ISA": "AVX2", "OPENBLAS_CORETYPE": "Haswell",
           "NPY_DISABLE_CPU_FEATURES": AVX512},
    "v4": {},
}
MNIST = ".cache/mnist/train-images-idx3-ubyte", ".cache/mnist/t10k-images-idx3-ubyte"
PROCESS = """
import os, warnings
os.environ["OPENBLAS_NUM_THREADS"] = "1"
warnings.filterwarnings("ignore")
import numpy as np
from sklearn.neural_network import MLPClassifier
rows = np.loadtxt("{train}", delimiter=",", dtype=np.float32)
MLPClassifier((128,), batch_size=64, max_iter=10, alpha=0.0, tol=0.0, learning_rate_init=1e-3,
              n_iter_no_change=10000, random_state=0).fit(rows[:, :64] / 16, rows[:, 64])
"""


def split_digits(folder):
    """The classic split as two files: 1437 rows to fit, 360 to test."""
    rows = open(f"{DIGITS}/digits.csv", encoding="ascii").read().split()
    parts = open(f"{DIGITS}/split.csv", encoding="ascii").read().split()[1:]
    paths = []
    for name, held_out in (("train", False), ("test", True)):
        paths.append(os.path.join(folder, name + ".csv"))
        mine = [r for r, p in zip(rows, parts) if p.endswith(",holdout") == held_out]
        open(paths[-1], "w", encoding="ascii").write("\n".join(mine) + "\n")
    return paths


def bench(what, data, runs, threads=1, arch=()):
    """Times of our own runs, and the words of the last line: accuracy A isa NAME gflop N."""
    out = subprocess.run([BENCH, what, *data, str(runs), str(threads), *arch], check=True,
                         capture_output=True, text=True).stdout.split("\n")
    return [float(line) for line in out[:-2]], out[-2].split()


def fetch_mnist():
    subprocess.run(["tools/fetch-mnist"], check=True)


class Model:
    def __init__(self, folder):
        self.folder = folder
        self.digits = split_digits(folder)
        self.isa = bench("fit", self.digits, 1)[1][3]
        self.peak = None  # GFLOP/s of the instruction set on one core
        self.peers = {name: value for name, value in os.environ.items() if name not in LIMITS}
        self.peers |= {"OPENBLAS_NUM_THREADS": "1", **PEERS_ISA[self.isa]}

    def share(self, ms, last, threads=1):
        """A time in ms as a share of what the instruction set could do; for figures.ratio()."""
        if self.peak is None:
            peak = f"tests/bench/peak_{self.isa}"
            ninja = ["ninja", "-C", "build", peak]
            subprocess.run(ninja, check=True, stdout=subprocess.DEVNULL)
            self.peak = float(subprocess.run([f"build/{peak}"], check=True, text=True,
                                             capture_output=True).stdout)
        return float(last[5]) / (ms / 1e3) / (self.peak * threads)

    def rated(self, figure, last, unit_ms=1.0, threads=1):
        """The figure with its share of the peak, which its note tells too."""
        share = self.share(figure["ours"] * unit_ms, last, threads)
        note = f"{share:.0%} of {self.peak:.0f} GFLOP/s a core, zeros counted"
        return {**figure, "share_of_peak": share, "peak_gflops": self.peak,
                "note": "; ".join(filter(None, (figure.get("note"), note)))}

    def fit_against(self, peer, data=None, rounds=ROUNDS, ours_per_round=OURS_PER_ROUND,
                    epochs=None):
        """Both sides in turn, so that what disturbs the machine disturbs both."""
        data = data or self.digits
        arch = ("cnn", str(epochs)) if epochs else ()
        child = subprocess.Popen([PYTHON, "tests/bench/peers.py", peer, *data, *arch[1:]],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                 env=self.peers)
        if child.stdout.readline() != "ready\n":
            sys.exit(f"bench: {peer} does not start")
        ours, theirs, right = [], [], []
        for _ in range(rounds):
            times, last = bench("fit", data, ours_per_round, arch=arch)
            ours += times
            child.stdin.write("fit\n")
            child.stdin.flush()
            took, accuracy = map(float, child.stdout.readline().split())
            theirs.append(took)
            right.append(accuracy)
        child.stdin.close()
        child.wait()
        note = self.note(f"accuracy ours {last[1]}, peer {statistics.mean(right):.4f}")
        return self.rated(figures.ratio(ours, theirs, note=note), last)

    def mnist_against(self, peer):
        fetch_mnist()
        return self.fit_against(peer, MNIST, 3, 1)

    def cnn_digits_vs_torch(self):
        return self.fit_against("torch-cnn", rounds=3, ours_per_round=2, epochs=20)

    def cnn_mnist_vs_torch(self):
        fetch_mnist()
        return self.fit_against("torch-cnn", MNIST, 2, 1, epochs=1)

    def predict_cnn_us(self):
        fetch_mnist()
        few = (MNIST[1], MNIST[1])
        ours, last = bench("predict", few, 30, arch=("cnn", "1"))
        return self.one_prediction(ours, last)

    def one_prediction(self, ours, last):
        mine = statistics.median(ours)
        figure = {"value": mine, "ours": mine, "peer": None, "runs": len(ours)}
        return self.rated(figure, last, 1e-3)

    def mnist_2_threads(self):
        fetch_mnist()
        one, two = [], []
        for _ in range(3):
            one += bench("fit-wall", MNIST, 1, 1)[0]
            times, last = bench("fit-wall", MNIST, 1, 2)
            two += times
        note = "ms that passed; the peer is one thread"
        return self.rated(figures.ratio(two, one, threads=2, note=note), last, threads=2)

    def mnist_rss_mib(self):
        fetch_mnist()
        out = os.path.join(self.folder, "mnist")
        mine = ["build/hearth", "train", "--data", MNIST[0], "--out", out, "--epochs", "1"]
        mib = self.usage_of(mine).ru_maxrss / 1024
        return {"value": mib, "ours": mib, "peer": None, "runs": 1}

    def against_openblas(self, side, data, rounds, runs):
        peer = f"tests/bench/peer_openblas_{side}_{self.isa}"
        subprocess.run(["ninja", "-C", "build", peer], check=True, stdout=subprocess.DEVNULL)
        peer = [f"build/{peer}", *data, str(runs)]
        ours, theirs = [], []
        for _ in range(rounds):
            times, last = bench("fit", data, runs)
            ours += times
            out = subprocess.run(peer, check=True, capture_output=True, text=True,
                                 env=self.peers)
            *times, accuracy, _ = out.stdout.split("\n")
            theirs += map(float, times)
        note = self.note(f"accuracy ours {last[1]}, peer {accuracy.split()[1]}")
        return self.rated(figures.ratio(ours, theirs, note=note), last)

    def fit_vs_openblas(self):
        return self.against_openblas(8, self.digits, ROUNDS, OURS_PER_ROUND)

    def mnist_vs_openblas(self):
        fetch_mnist()
        return self.against_openblas(28, MNIST, 3, 1)

    def note(self, more):
        return f"ms of CPU; both sides with {self.isa}; {more}"

    @staticmethod
    def usage_of(command, env=None):
        """What a whole process used."""
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=env)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode != 0:
            sys.exit(f"bench: '{command[0]}' failed")
        return usage

    def process_cpu(self, command, env=None):
        """Processor time in milliseconds."""
        usage = self.usage_of(command, env)
        return (usage.ru_utime + usage.ru_stime) * 1e3

    def process_vs_sklearn(self):
        out = os.path.join(self.folder, "out")
        mine = ["build/hearth", "train", "--data", self.digits[0], "--out", out]
        peer = [PYTHON, "-c", PROCESS.format(train=self.digits[0])]
        ours, theirs = [], []
        for _ in range(7):
            ours += [self.process_cpu(mine) for _ in range(5)]
            theirs.append(self.process_cpu(peer, self.peers))
        return figures.ratio(ours, theirs, note=f"ms of CPU; both sides with {self.isa}")

    def predict_mlp_us(self):
        return self.one_prediction(*bench("predict", self.digits, 50))


def main():
    with tempfile.TemporaryDirectory() as folder:
        model = Model(folder)
        figures.main(sys.argv[1], model.isa, {
            "fit_vs_sklearn": lambda: model.fit_against("sklearn"),
            "fit_vs_torch": lambda: model.fit_against("torch"),
            "fit_vs_openblas": model.fit_vs_openblas,
            "mnist_vs_sklearn": lambda: model.mnist_against("sklearn"),
            "mnist_vs_torch": lambda: model.mnist_against("torch"),
            "mnist_vs_openblas": model.mnist_vs_openblas,
            "cnn_digits_vs_torch": model.cnn_digits_vs_torch,
            "cnn_mnist_vs_torch": model.cnn_mnist_vs_torch,
            "predict_cnn_us": model.predict_cnn_us,
            "mnist_2_threads": model.mnist_2_threads,
            "mnist_rss_mib": model.mnist_rss_mib,
            "process_vs_sklearn": model.process_vs_sklearn,
            "predict_mlp_us": model.predict_mlp_us,
        })


if __name__ == "__main__":
    main()
