#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: hub_reads.py

Run by hub_speaks_hf.py inside a virtual environment of one huggingface_hub: every call here is
the unmodified client's own. HF_ENDPOINT and HF_HOME are set. Prints TAP points.
"""
import hashlib
import inspect
import os
import pathlib
import subprocess
import sys

import huggingface_hub
from huggingface_hub import HfApi, errors, hf_hub_download, snapshot_download

import points

REPO = "community/digits"


def check(is_good, name):
    points.check(is_good, f"huggingface_hub {huggingface_hub.__version__}: {name}")


def raises(kind, call, name):
    try:
        call()
    except kind:
        check(True, name)
    except Exception as error:  # any other kind is the failure
        print("#", type(error).__name__, error)
        check(False, name)
    else:
        check(False, name)


def sums_hold(folder):
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    return len(lines) > 1 and all(
        hashlib.sha256((folder / path).read_bytes()).hexdigest() == digest
        for digest, path in (line.split(maxsplit=1) for line in lines))


def reads(api):
    info = api.model_info(REPO, files_metadata=True)
    check(len(info.sha) == 40 and info.author == "community", "model_info")
    check(info.safetensors and info.safetensors.total > 0, "safetensors parameters")
    check(info.card_data and info.card_data.license, "card data")
    check(all(s.size is not None for s in info.siblings), "sizes of siblings")
    names = api.list_repo_files(REPO)
    check("model.safetensors" in names and "README.md" in names, "list_repo_files")
    check({s.rfilename for s in info.siblings} == set(names), "siblings are the files")
    check([m.id for m in api.list_models(author="community")] == [REPO], "list_models")
    check(not list(api.list_models(search="absent")), "a search that finds nothing")
    tags = {tag["id"]: tag["type"] for kind in api.get_model_tags().values() for tag in kind}
    check(set(info.tags) == set(tags) and
          tags[f"license:{info.card_data.license}"] == "license", "get_model_tags")
    check(api.file_exists(REPO, "README.md"), "file_exists")
    check(not api.file_exists(REPO, "absent"), "file_exists of an absent file")
    refs = api.list_repo_refs(REPO)
    check(refs.branches[0].name == "main" and refs.tags, "list_repo_refs")
    path = api.get_paths_info(REPO, ["README.md", "absent"])
    check([p.path for p in path] == ["README.md"], "get_paths_info")
    check(api.get_safetensors_metadata(REPO).parameter_count, "get_safetensors_metadata")
    entries = {e.path: e for e in api.list_repo_tree(REPO, expand=True)}
    last = entries["model.safetensors"].last_commit
    check(last and last.oid == info.sha and last.title, "list_repo_tree tells the last commit")
    by_tag = api.model_info(REPO, revision=refs.tags[0].name)
    check(by_tag.sha == refs.tags[0].target_commit, "model_info at a tag")


def lists(api):
    def found(**query):
        return [model.id for model in api.list_models(**query)] == [REPO]

    check(found(gated=False) and not found(gated=True), "list_models by gated")
    check(not found(apps="ollama") and not found(inference="warm"),
          "by what runs models, which is nobody")
    check(all(found(sort=key) for key in ("created_at", "downloads", "last_modified", "likes",
                                          "trending_score")), "list_models in every order")
    if "num_parameters" in inspect.signature(api.list_models).parameters:
        check(found(num_parameters="min:1,max:1M") and not found(num_parameters="min:1B"),
              "list_models by parameters")
    model = next(iter(api.list_models(expand=["trendingScore", "safetensors", "spaces",
                                              "downloadsAllTime", "siblings", "sha"])))
    check(model.safetensors.total > 0 and model.trending_score is not None and
          model.spaces == [] and model.author is None, "list_models tells what expand names")
    raises(errors.HfHubHTTPError, lambda: list(api.list_models(sort="beauty")),
           "an order that is none")
    commits = api.list_repo_commits(REPO, formatted=True)
    check(commits[0].formatted_title and commits[0].title, "list_repo_commits, formatted")


def downloads():
    weights = hf_hub_download(REPO, "model.safetensors")
    try:
        from safetensors import deserialize
    except ImportError:
        pass  # the older family is installed without it
    else:
        tensors = deserialize(pathlib.Path(weights).read_bytes())
        check(tensors, "safetensors opens what was downloaded")
    folder = pathlib.Path(snapshot_download(REPO))
    check(sums_hold(folder), "snapshot_download, and SHA256SUMS hold")
    command = pathlib.Path(sys.executable).with_name("hf")
    to = os.environ["HF_HOME"] + "/cli"
    done = subprocess.run([command, "download", REPO, "--local-dir", to], check=False,
                          capture_output=True, text=True)
    check(done.returncode == 0 and sums_hold(pathlib.Path(to)), "hf download")


def faults(api):
    raises(errors.RepositoryNotFoundError, lambda: api.model_info("community/absent"),
           "RepositoryNotFoundError")
    raises(errors.RevisionNotFoundError, lambda: api.model_info(REPO, revision="absent"),
           "RevisionNotFoundError")
    raises(errors.EntryNotFoundError, lambda: hf_hub_download(REPO, "absent"),
           "EntryNotFoundError")
    raises(errors.HfHubHTTPError, lambda: api.create_repo("community/new", token="hf_x"),
           "writing is refused")


def main():
    api = HfApi()
    reads(api)
    lists(api)
    downloads()
    faults(api)
    points.end()


if __name__ == "__main__":
    main()
