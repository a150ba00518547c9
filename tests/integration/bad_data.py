#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: bad_data.py HEARTH SOURCE_ROOT

Every kind of data that must be refused, each by one line that names its file and what is wrong,
and by the right exit code; nothing is left behind. Prints TAP.
"""
import gzip
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile

HEARTH, ROOT = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]).resolve()
PICTURES = ROOT / "tests/fuzz/corpus/png"
ARRAYS = ROOT / "tests/fixtures/model/npy"
ROW = "0," * 64
GIBIBYTE = 1 << 30


def put(name, data):
    path = pathlib.Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data if isinstance(data, bytes) else data.encode())


def put_idx(name, header=(0x803, 1, 28, 28), size=784, labels=b"\1", n_labels=1):
    put(f"{name}-images-idx3-ubyte", struct.pack(">IIII", *header) + bytes(size))
    put(f"{name}-labels-idx1-ubyte", struct.pack(">II", 0x801, n_labels) + labels)
    return f"{name}-images-idx3-ubyte"


def put_csv(name, text):
    put(name, text)
    return name


def put_picture(name, picture):
    put(f"{name}/3/a.png", (PICTURES / f"{picture}.png").read_bytes())
    return name


def put_strange(name):
    """A picture as it should be, and one beside it."""
    put_picture("a", "good-grey8")
    put(f"a/{name}", (PICTURES / "good-grey8.png").read_bytes())
    return "a"


def put_metadata(name, text):
    put(f"{name}/metadata.csv", text)
    return name


def put_bomb():
    """A mebibyte that unpacks to a gibibyte."""
    piece = gzip.compress(bytes(1 << 24))
    put("bomb.csv.gz", piece * (GIBIBYTE >> 24))
    return "bomb.csv.gz"


def put_npy(name):
    for part in ("images", "labels"):
        shutil.copy(ARRAYS / f"{name}-{part}.npy", ".")
    return f"{name}-images.npy"


def put_cut_gzip():
    put("cut.csv.gz", gzip.compress(f"{ROW}1\n".encode())[:-4])
    return "cut.csv.gz"


def put_digits(without):
    """Two of each digit but one."""
    return put_csv("digits.csv", "".join(f"{ROW}{i % 10}\n" for i in range(20)
                                         if i % 10 != without))


# (what, how to make it, exit code, what the message says); {0} is the path
CASES = [
    ("a text for a number", lambda: put_csv("a.csv", f"{'0,' * 63}nan,1\n"), 1,
     "{0}:1: column 64: 'nan'"),
    ("a fraction", lambda: put_csv("a.csv", f"{'0,' * 63}1.5,1\n"), 1, "{0}:1: column 64"),
    ("a label past 9", lambda: put_csv("a.csv", f"{ROW}10\n"), 1, "{0}:1: column 65: label 10"),
    ("a negative label", lambda: put_csv("a.csv", f"{ROW}-1\n"), 1, "{0}:1: column 65"),
    ("a pixel past 16", lambda: put_csv("a.csv", f"17,{'0,' * 63}1\n"), 1, "{0}:1: column 1"),
    ("a row too short", lambda: put_csv("a.csv", f"{ROW}1\n0,1\n"), 1, "{0}:2: 2 values"),
    ("an empty line", lambda: put_csv("a.csv", f"{ROW}1\n\n{ROW}1\n"), 1, "{0}:2"),
    ("bytes of no text", lambda: put_csv("a.csv", "\0\1\2"), 1, "{0}:1"),
    ("an empty file", lambda: put_csv("a.csv", ""), 1, "'{0}': no sample"),
    ("one sample", lambda: put_csv("a.csv", f"{ROW}1\n"), 1,
     "{0}: samples to train on: 1; it takes 2 or more"),
    ("a digit without a sample", lambda: put_digits(7), 1,
     "{0}: no sample of the digit 7"),
    ("a gzip bomb", put_bomb, 1, "{0}: larger than the limit of 268435456 bytes"),
    ("a cut gzip file", put_cut_gzip, 1, "{0}: gzip data ends too early"),
    ("another magic", lambda: put_idx("a", header=(0x802, 1, 28, 28)), 1, "{0}: no IDX"),
    ("a cut IDX file", lambda: put_idx("a", size=700), 1, "{0}: 716 bytes; its header"),
    ("a longer IDX file", lambda: put_idx("a", size=785), 1, "{0}: 801 bytes"),
    ("4 billion images", lambda: put_idx("a", header=(0x803, 2**32 - 1, 28, 28)), 1,
     "{0}: 4294967295 images; the limit is 1000000"),
    ("images of 9x9", lambda: put_idx("a", header=(0x803, 1, 9, 9), size=81), 1, "{0}: images"),
    ("an IDX label past 9", lambda: put_idx("a", labels=b"\x0a"), 1, "image 0: label 10"),
    ("more labels than images", lambda: put_idx("a", labels=b"\1\1", n_labels=2), 1,
     "{0}: 1 images, but 2 labels"),
    ("NaN in an array", lambda: put_npy("nan"), 1, "{0}: image 1: pixel 6"),
    ("an array of complex numbers", lambda: put_npy("odd"), 1,
     "{0}: its elements are no whole"),
    ("an array too short", lambda: put_npy("short"), 1, "{0}: 3 images, but other labels"),
    ("an animated picture", lambda: put_picture("a", "bad-animated"), 1,
     "{0}/3/a.png: animated"),
    ("a picture too wide", lambda: put_picture("a", "bad-wide"), 1, "{0}/3/a.png: "),
    ("a picture of 4 gigapixels", lambda: put_picture("a", "bad-bomb"), 1, "{0}/3/a.png: "),
    ("a picture without height", lambda: put_picture("a", "bad-zero"), 1, "{0}/3/a.png: "),
    ("a cut picture", lambda: put_picture("a", "bad-truncated"), 1, "{0}/3/a.png: damaged"),
    ("a picture with a wrong sum", lambda: put_picture("a", "bad-checksum"), 1,
     "{0}/3/a.png: damaged"),
    ("a text called .png", lambda: put_picture("a", "bad-text"), 1, "{0}/3/a.png: not a PNG"),
    ("a folder of the label 10", lambda: put_strange("10/a.png"), 1,
     "{0}/10: label '10' is not 0..9"),
    ("a folder of the label -1", lambda: put_strange("-1/a.png"), 1,
     "{0}/-1: label '-1' is not 0..9"),
    ("a picture that is no PNG", lambda: put_strange("3/b.JPG"), 1,
     "{0}/3/b.JPG: of pictures, only PNG is read"),
    ("metadata with a label past 9", lambda: put_metadata("a", "file_name,label\na.png,12\n"),
     1, "{0}/metadata.csv:2"),
    ("metadata that leave the folder",
     lambda: put_metadata("a", "file_name,label\n../a.png,1\n"), 1, "leaves the folder"),
    ("metadata without a header", lambda: put_metadata("a", "a.png,1\n"), 1,
     "{0}/metadata.csv:1"),
    ("metadata of a picture that is not there",
     lambda: put_metadata("a", "file_name,label\na.png,1\n"), 2, "{0}/a.png"),
    ("a name that says nothing", lambda: put_csv("a.bmp", ""), 2, "'{0}': cannot tell"),
]


def refused(make, code, says):
    """None, or what was wrong with the refusal."""
    path = make()
    done = subprocess.run([HEARTH, "train", "--data", path, "--out", "out", "--epochs", "1"],
                          capture_output=True, text=True, timeout=60, check=False)
    lines = done.stderr.splitlines()
    if done.returncode != code:
        return f"ended with {done.returncode}, not {code}: {done.stderr}"
    if len(lines) != 1 or says.format(path) not in lines[0]:
        return f"said: {done.stderr}"
    return "left files behind" if os.path.exists("out") else None


def main():
    failed = 0
    for n, (what, make, code, says) in enumerate(CASES, 1):
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            wrong = refused(make, code, says)
            os.chdir("/")
        print("not ok" if wrong else "ok", n, "-", what, "is refused")
        if wrong:
            print("#", wrong)
        failed += wrong is not None
    print(f"1..{len(CASES)}")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
