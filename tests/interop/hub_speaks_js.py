#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: hub_speaks_js.py HEARTH

The JavaScript clients from npm, unmodified and pinned in package-lock.json, write the bundled
model to a hub, read it back and run it. Prints TAP.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import hub as hubs
import servers

CLIENT = pathlib.Path(__file__).with_name("hub_client.mjs")
BUNDLED = servers.ROOT / "data/digits-8x8"
LABELS = {str(n): str(n) for n in range(10)}
CONFIG = {"architectures": ["ViTForImageClassification"], "model_type": "vit",
          "id2label": LABELS, "label2id": LABELS, "image_size": 8, "num_channels": 1}
PREPROCESSOR = {"image_processor_type": "ViTImageProcessor", "do_resize": True,
                "size": {"height": 8, "width": 8}, "do_rescale": True,
                "rescale_factor": 1 / 255, "do_normalize": False}


def make_model(folder):
    """What a release has, and what transformers.js wants beside it."""
    (folder / "onnx").mkdir(parents=True)
    for name in ("model.safetensors", "digits.csv"):
        shutil.copy(BUNDLED / name, folder)
    (folder / "README.md").write_text("---\nlicense: apache-2.0\n---\n# Digits\n")
    (folder / "config.json").write_text(json.dumps(CONFIG))
    (folder / "preprocessor_config.json").write_text(json.dumps(PREPROCESSOR))
    (folder / "empty.txt").touch()
    subprocess.run([hubs.HEARTH, "convert", folder / "model.safetensors",
                    folder / "onnx/model.onnx"], check=True, stdout=subprocess.DEVNULL)


def main():
    node = servers.TOOLS / "node"
    if not (servers.TOOLS / "node_modules/@huggingface/hub").exists():
        sys.exit(f"no clients in {servers.TOOLS.relative_to(servers.ROOT)}: tools/test "
                 "installs them")
    with tempfile.TemporaryDirectory() as folder:
        model = pathlib.Path(folder, "model")
        make_model(model)
        with hubs.Hub(f"{folder}/hub", {"part_size": "2M"}) as hub:
            done = subprocess.run([node, CLIENT, hub.url, hub.token, servers.TOOLS, model],
                                  env={**os.environ, "TMPDIR": folder}, timeout=240,
                                  check=False)
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
