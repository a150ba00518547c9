#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: hub_xet_uploads.py

Run by hub_speaks_xet.py inside the virtual environment of the newest huggingface_hub, with
hf_xet and with nothing set but HF_ENDPOINT, HF_HOME and a token. Prints TAP points.
"""
import os
import pathlib
import random
import struct
import subprocess
import sys

import huggingface_hub
from huggingface_hub import HfApi, hf_hub_download
from huggingface_hub.utils._runtime import is_xet_available

import points

REPO = "ada/large"


def check(is_good, name):
    points.check(is_good, f"huggingface_hub {huggingface_hub.__version__}: {name}")


def holds(path, content):
    return pathlib.Path(hf_hub_download(REPO, path)).read_bytes() == content


def main():
    check(is_xet_available(), "hf_xet is there")
    api, rng = HfApi(), random.Random(1)
    api.create_repo(REPO)
    noise = rng.randbytes(70 << 20)  # more than one xorb holds
    floats = struct.pack("<2000000f", *(1 + n * 0.001 for n in range(2000000)))
    text = b"the same words again and again, " * 300000
    for name, content in (("noise.bin", noise), ("floats.bin", floats), ("text.bin", text)):
        pathlib.Path(name).write_bytes(content)
        api.upload_file(path_or_fileobj=name, path_in_repo=name, repo_id=REPO)
        check(holds(name, content), f"{name} of {len(content)} bytes comes back as it went")
    again = noise[1 << 20:40 << 20] + b"another end" * 1000000
    pathlib.Path("again.bin").write_bytes(again)
    api.upload_file(path_or_fileobj="again.bin", path_in_repo="again.bin", repo_id=REPO)
    check(holds("again.bin", again), "chunks that were sent before are found again")

    folder = pathlib.Path("folder")
    folder.mkdir()
    (folder / "README.md").write_text("---\nlicense: mit\n---\n# Large\n")
    for n in range(3):
        (folder / f"part-{n}.bin").write_bytes(noise[n << 23:(n + 1) << 23])
    done = subprocess.run([pathlib.Path(sys.executable).with_name("hf"), "upload", REPO,
                           str(folder)], check=False, capture_output=True, text=True)
    if done.returncode:
        print("#", done.stderr.replace("\n", "\n# "))
    check(done.returncode == 0, "hf upload of a folder")
    check(holds("part-2.bin", noise[2 << 23:3 << 23]), "and what it sent")
    files = {file.path: file for file in api.list_repo_tree(REPO)}
    check(files["noise.bin"].lfs and files["noise.bin"].size == len(noise),
          "it is an LFS file like any other")
    points.end()


if __name__ == "__main__":
    assert "HF_HUB_DISABLE_XET" not in os.environ
    main()
