#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: tests/integration/reproduce.py REPRODUCE SOURCE_ROOT small|wide KERNELS..

Prints one hash per (architecture, data, seed), and who came to it: compilers, instruction sets,
threads, valgrind, a killed and resumed run, another machine. All must agree. REPRODUCE is
tests/support/reproduce.c as this build made it; KERNELS are the kernel sets of
model/meson.build, each "NAME WIDTH FLAGS", to build it anew with other compilers."""
import concurrent.futures
import glob
import os
import re
import subprocess
import sys
import tempfile

ABSENT = "not on this CPU"
BASE = ["alloc", "buf", "err", "fs", "fs_write", "json", "json_write", "lines", "parse", "rng",
        "text"]
PLAIN = ["-std=c17", "-O2", "-ffp-contract=off", "-ffunction-sections", "-fdata-sections",
         "-D_POSIX_C_SOURCE=200809L", "-D_FILE_OFFSET_BITS=64"]
AARCH64 = ["-idirafter", "/usr/include"]  # jansson.h, which is the same everywhere
# Reading pictures and other people's formats is left out. What translates JSON is compiled, but
# never called where there is no jansson: a training without checkpoints needs none.
STATIC = ["-static", "-Wl,--unresolved-symbols=ignore-in-object-files"]
# EPOCHS SEEDS ROWS; multiply-add takes hundreds of instructions where it is not one.
SIZES = {"small": ["2", "1", "40"], "wide": ["3", "2", "64"]}


OUTWARD = r'#include [<"](png|.*\.pb-c|model/(image|onnx\w*|tfevents))\.h'


def run(command, **more):
    done = subprocess.run(command, capture_output=True, text=True, check=False, **more)
    if done.returncode != 0:
        sys.exit(f"reproduce: {' '.join(command)}\n{done.stdout[-1000:]}{done.stderr[-2000:]}")
    return done.stdout


def model_sources(root):
    """Files of model/ but the kernels, which are built once per set, and outward formats."""
    for path in sorted(glob.glob(f"{root}/model/*.c")):
        text = open(path, encoding="utf-8").read()
        if not path.endswith("_isa.c") and not re.search(OUTWARD, text):
            yield path


def build(root, folder, compiler, flags, link, kernels):
    """reproduce with base/ and model/, by this compiler; returns its path."""
    os.makedirs(folder)
    plain = [compiler, *PLAIN, "-I", root, *flags]
    jobs = []
    for name, width, *isa in kernels:
        for source in glob.glob(f"{root}/model/kernels_*isa.c"):
            out = f"{folder}/{name}-{os.path.basename(source)}.o"
            jobs.append([*plain, "-O3", "-fno-math-errno", f"-DKERNELS_WIDTH={width}",
                         f"-DKERNELS_SET={name}", *isa, "-c", source, "-o", out])
    sources = [*model_sources(root), *(f"{root}/base/{name}.c" for name in BASE),
               f"{root}/tests/support/reproduce.c", f"{root}/tests/support/plain_sha256.c"]
    for source in sources:
        out = f"{folder}/{os.path.basename(source)}.o"
        jobs.append([*plain, "-c", source, "-o", out])
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        list(pool.map(run, jobs))
    objects = [job[-1] for job in jobs]
    run([compiler, *objects, "-o", f"{folder}/reproduce", "-Wl,--gc-sections", *link, "-lm",
         "-pthread"])
    return f"{folder}/reproduce"


class Table:
    def __init__(self, root, size):
        self.words = [f"{root}/data/digits-8x8/digits.csv", *size]
        self.rows = []  # (who, {training: hash} or None)

    def add(self, who, command, isa, threads=1, more=()):
        """Trains as `who`; tells whether the CPU could."""
        env = {**os.environ, "HEARTH_ISA": isa}
        out = run([*command, *self.words, str(threads), *more], env=env)
        if out.strip() == ABSENT:
            self.rows.append((who, None))
            return False
        self.rows.append((who, dict(line.rsplit(" ", 1) for line in out.splitlines())))
        return True

    def add_resumed(self, who, command, isa, folder):
        run([*command, *self.words, "1", "die", folder], env={**os.environ, "HEARTH_ISA": isa})
        self.add(who, command, isa, 2, ["resume", folder])

    def print(self):
        """Says how many trainings differ, or that a row misses one."""
        first = self.rows[0][1]
        wrong = 0
        for training, digest in first.items():
            arch, data, seed = training.split()
            print(f"{arch} digits-{data} seed {seed}  {digest}")
            for who, hashes in self.rows:
                got = ABSENT if hashes is None else hashes.get(training, "missing")
                print(f"    {who:32} {'same' if got == digest else got}")
                wrong += got not in (digest, ABSENT)
        return wrong + sum(len(hashes) != len(first) for _, hashes in self.rows if hashes)


def main():
    reproduce, root, size = sys.argv[1], os.path.abspath(sys.argv[2]), sys.argv[3]
    kernels = [words.split() for words in sys.argv[4:]]
    table = Table(root, SIZES[size])
    with tempfile.TemporaryDirectory() as work:
        other = build(root, f"{work}/clang", "clang", [], ["-ljansson"], kernels)
        arm = build(root, f"{work}/aarch64", "aarch64-linux-gnu-gcc", AARCH64, STATIC,
                    [words[:2] for words in kernels if words[0] == "baseline"])
        for isa in [words[0] for words in kernels]:
            for threads in (1, 2) if size == "small" else (1, 2, 3):
                who = f"this build, {isa}, {threads} thread" + "s" * (threads > 1)
                table.add(who, [reproduce], isa, threads)
            table.add(f"clang, {isa}, 2 threads", [other], isa, 2)
        table.add_resumed("this build, baseline, resumed", [reproduce], "baseline", work)
        valgrind = ["valgrind", "--quiet", "--error-exitcode=99"]
        for isa in ("baseline", "v3") if size == "wide" else ("baseline",):
            table.add(f"valgrind, {isa}", [*valgrind, reproduce], isa)
        table.add("aarch64, static, qemu-user", ["qemu-aarch64", arm], "baseline")
        wrong = table.print()
    sys.exit(f"reproduce: {wrong} trainings differ or are missing" if wrong else 0)


if __name__ == "__main__":
    main()
