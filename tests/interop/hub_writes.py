#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: hub_writes.py NAMESPACE WRITE-TOKEN READ-TOKEN ADMIN-TOKEN GUEST-TOKEN

Run by hub_speaks_hf.py inside a virtual environment of one huggingface_hub: every call here is
the unmodified client's own. HF_ENDPOINT and HF_HOME are set. Prints TAP points.
"""
import hashlib
import os
import pathlib
import subprocess
import sys
import tempfile

import huggingface_hub
from huggingface_hub import (CommitOperationAdd, CommitOperationCopy, CommitOperationDelete,
                             HfApi, errors, hf_hub_download, snapshot_download)

import points

NAMESPACE, WRITE, READ, ADMIN, GUEST = sys.argv[1:6]
REPO = f"{NAMESPACE}/model"
DATA = f"{NAMESPACE}/data"
LARGE = os.urandom(6 << 20)
CARD = b"---\nlicense: mit\n---\n# A model\n"
api = HfApi(token=WRITE)
anybody = HfApi(token=False)


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


def status_of(call):
    try:
        call()
    except errors.HfHubHTTPError as error:
        return error.response.status_code
    return 0


def accounts():
    check(api.whoami()["name"] == NAMESPACE, "whoami")
    raises(Exception, lambda: HfApi(token="hf_" + 40 * "x").whoami(), "a bad token is nobody's")
    raises(errors.HfHubHTTPError, lambda: HfApi(token=READ).create_repo(f"{NAMESPACE}/no"),
           "a token to read creates nothing")
    raises(errors.HfHubHTTPError, lambda: api.create_repo("somebody-else/no"),
           "nor does anybody in another's namespace")
    url = HfApi(token=ADMIN).create_repo(f"new-{NAMESPACE}/repo")
    check(url.repo_id == f"new-{NAMESPACE}/repo", "a token of scope admin makes a namespace")


def uploads():
    check(api.create_repo(REPO).repo_id == REPO, "create_repo")
    check(api.create_repo(REPO, exist_ok=True).repo_id == REPO, "exist_ok finds it")
    check(status_of(lambda: api.create_repo(REPO)) == 409, "without it, 409")
    first = api.upload_file(path_or_fileobj=CARD, path_in_repo="README.md", repo_id=REPO)
    check(len(getattr(first, "oid", 40 * "x")) == 40, "upload_file")
    api.upload_file(path_or_fileobj=LARGE, path_in_repo="model.safetensors", repo_id=REPO)
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "sub dir").mkdir()
        (root / "sub dir/\u00e4.txt").write_text("umlaut")
        (root / "weights.bin").write_bytes(LARGE[:1000])
        (root / "empty").write_bytes(b"")
        api.upload_folder(folder_path=folder, repo_id=REPO, path_in_repo="all")
    names = api.list_repo_files(REPO)
    check({"README.md", "model.safetensors", "all/empty", "all/sub dir/\u00e4.txt",
           "all/weights.bin"} <= set(names), "upload_folder")
    info = {s.rfilename: s for s in api.model_info(REPO, files_metadata=True).siblings}
    check(info["model.safetensors"].size == len(LARGE) and
          info["model.safetensors"].lfs.sha256 == hashlib.sha256(LARGE).hexdigest(),
          "a large file has its size and its SHA-256")
    before = api.model_info(REPO).sha
    api.upload_file(path_or_fileobj=CARD, path_in_repo="README.md", repo_id=REPO)
    check(api.model_info(REPO).sha == before, "the same file again makes no commit")


def downloads():
    path = hf_hub_download(REPO, "model.safetensors")
    taken = api.model_info(REPO).downloads
    check(taken == 1, "one download is counted")
    check(pathlib.Path(path).read_bytes() == LARGE, "hf_hub_download of a large file")
    folder = pathlib.Path(snapshot_download(REPO))
    check((folder / "all/sub dir/\u00e4.txt").read_text() == "umlaut" and
          (folder / "all/empty").read_bytes() == b"", "snapshot_download")
    command = pathlib.Path(sys.executable).with_name("hf")
    done = subprocess.run([command, "cache", "verify", REPO], check=False, capture_output=True,
                          text=True)
    if "No such command" in done.stderr or "invalid choice" in done.stderr:
        return  # the older family has none
    check(done.returncode == 0, "hf cache verify")
    if done.returncode:
        print("#", done.stdout[-300:], done.stderr[-300:])


def refs():
    head = api.model_info(REPO).sha
    api.create_tag(REPO, tag="v1", tag_message="the first")
    check(status_of(lambda: api.create_tag(REPO, tag="v1")) == 409, "a tag twice is 409")
    api.create_branch(REPO, branch="dev/x")
    check(status_of(lambda: api.create_branch(REPO, branch="dev/x")) == 409,
          "a branch twice is 409")
    api.create_branch(REPO, branch="dev/x", exist_ok=True)
    api.upload_file(path_or_fileobj=b"1", path_in_repo="on/branch", repo_id=REPO,
                    revision="dev/x")
    check(api.file_exists(REPO, "on/branch", revision="dev/x") and
          not api.file_exists(REPO, "on/branch"), "a branch with a slash takes a commit")
    found = api.list_repo_refs(REPO)
    check({b.name for b in found.branches} == {"main", "dev/x"} and
          [t.target_commit for t in found.tags] == [head], "list_repo_refs")
    commits = api.list_repo_commits(REPO)
    check(commits[0].commit_id == head and commits[-1].title == "initial commit",
          "list_repo_commits")
    api.delete_tag(REPO, tag="v1")
    api.delete_branch(REPO, branch="dev/x")
    found = api.list_repo_refs(REPO)
    check(len(found.branches) == 1 and not found.tags, "delete_tag and delete_branch")
    raises(errors.RevisionNotFoundError, lambda: api.model_info(REPO, revision="dev/x"),
           "RevisionNotFoundError")


def commits():
    add = [CommitOperationAdd("a/1", b"1"), CommitOperationAdd("a/2", b"2")]
    one = api.create_commit(REPO, add, commit_message="two files")
    stale = api.list_repo_commits(REPO)[1].commit_id
    check(status_of(lambda: api.create_commit(
        REPO, [CommitOperationAdd("a/1", b"x")], commit_message="late",
        parent_commit=stale)) == 412, "a commit upon an older parent is 412")
    api.create_commit(REPO, [CommitOperationAdd("a/3", b"3")], commit_message="third",
                      parent_commit=one.oid)
    api.delete_file("a/1", REPO)
    api.create_commit(REPO, [CommitOperationDelete("a/", is_folder=True),
                             CommitOperationAdd("b", b"b")], commit_message="swept")
    names = api.list_repo_files(REPO)
    check("b" in names and not any(n.startswith("a/") for n in names), "delete_file and folder")
    raises(errors.EntryNotFoundError, lambda: api.delete_file("absent", REPO),
           "deleting what is not there")
    api.create_commit(REPO, [CommitOperationCopy("model.safetensors", "copy.safetensors")],
                      commit_message="copied")
    check(api.get_paths_info(REPO, "copy.safetensors")[0].lfs.sha256 ==
          hashlib.sha256(LARGE).hexdigest(), "a large file is copied without being sent")
    raises((ValueError, errors.HfHubHTTPError), lambda: api.upload_file(
        path_or_fileobj=b"---\nlicense: apache2\n---\n", path_in_repo="README.md",
        repo_id=REPO), "a card with an unknown licence is refused")
    api.super_squash_history(REPO)
    check(len(api.list_repo_commits(REPO)) == 1 and "b" in api.list_repo_files(REPO),
          "super_squash_history")


def rights():
    api.update_repo_settings(REPO, private=True)
    raises(errors.RepositoryNotFoundError, lambda: anybody.model_info(REPO),
           "a private repository is not there for others")
    raises(errors.RepositoryNotFoundError, lambda: anybody.model_info(f"{NAMESPACE}/absent"),
           "as one that never was")
    check(not list(anybody.list_models(author=NAMESPACE)), "nor in their list")
    check([m.id for m in api.list_models(author=NAMESPACE)] == [REPO], "but in its owner's")
    api.auth_check(REPO)
    check(HfApi(token=READ).model_info(REPO).private, "a token to read sees it")
    api.update_repo_settings(REPO, private=False, gated="manual")
    check(anybody.model_info(REPO).gated == "manual", "a gated repository is seen")
    raises(errors.GatedRepoError, lambda: anybody.auth_check(REPO), "GatedRepoError")
    with tempfile.TemporaryDirectory() as empty:
        raises(errors.GatedRepoError, lambda: hf_hub_download(
            REPO, "README.md", token=False, cache_dir=empty), "and of a download")
    guest = HfApi(token=GUEST)
    name = guest.whoami()["name"]
    raises(errors.GatedRepoError, lambda: guest.auth_check(REPO), "and of who has not asked")
    api.grant_access(REPO, name)
    guest.auth_check(REPO)
    check([r.username for r in api.list_accepted_access_requests(REPO)] == [name],
          "grant_access lets somebody in")
    api.reject_access_request(REPO, name, rejection_reason="no")
    raises(errors.GatedRepoError, lambda: guest.auth_check(REPO),
           "reject_access_request sends them out again")
    api.update_repo_settings(REPO, gated=False)
    anybody.auth_check(REPO)


def faults():
    """Every exception that a hub can be the reason of, beside those above."""
    raises(errors.BadRequestError, lambda: api.create_tag(REPO, tag="a..b"), "BadRequestError")
    raises(errors.BadRequestError, lambda: api.create_branch(REPO, branch="a..b"),
           "and of a branch")
    reader = HfApi(token=READ)
    check(status_of(lambda: reader.delete_branch(REPO, branch="main")) == 403 and
          status_of(lambda: api.delete_branch(REPO, branch="main")) == 403,
          "HfHubHTTPError 403 for what may not be done")
    check(status_of(lambda: HfApi(token="hf_" + 40 * "x").list_repo_refs(REPO)) == 401,
          "401 for a token that is none")
    try:
        reader.create_tag(REPO, tag="v9")
    except errors.HfHubHTTPError as error:
        check("may not write here" in str(error), "what the hub says is in the exception")
    raises(errors.LocalEntryNotFoundError, lambda: hf_hub_download(
        REPO, "absent", local_files_only=True), "LocalEntryNotFoundError")


def datasets():
    api.create_repo(DATA, repo_type="dataset")
    api.upload_file(path_or_fileobj=b"a,b\n1,2\n", path_in_repo="data.csv", repo_id=DATA,
                    repo_type="dataset")
    path = hf_hub_download(DATA, "data.csv", repo_type="dataset")
    check(pathlib.Path(path).read_text() == "a,b\n1,2\n", "a dataset goes up and down")
    check([d.id for d in api.list_datasets(author=NAMESPACE)] == [DATA], "list_datasets")
    card = (b"---\nlicense: mit\nlanguage: en\ntask_categories: [image-classification]\n"
            b"size_categories: [n<1K]\n---\n")
    api.upload_file(path_or_fileobj=card, path_in_repo="README.md", repo_id=DATA,
                    repo_type="dataset")
    check([d.id for d in api.list_datasets(author=NAMESPACE, size_categories="n<1K",
                                           task_categories="image-classification",
                                           language="en")] == [DATA] and
          not list(api.list_datasets(author=NAMESPACE, language="de")),
          "list_datasets by task, size and language")


def ignored():
    """What .gitignore names stays at home: the one that comes along, then the one there."""
    repo = f"{NAMESPACE}/ignores"
    api.create_repo(repo)
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "build").mkdir()
        for name in ("a.log", "keep.log", "build/x", "b.txt"):
            (root / name).write_text(name)
        (root / ".gitignore").write_text("*.log\n!keep.log\nbuild/\n")
        api.upload_folder(folder_path=folder, repo_id=repo)
        check(set(api.list_repo_files(repo)) == {".gitattributes", ".gitignore", "b.txt",
                                                 "keep.log"}, "upload_folder obeys .gitignore")
    api.upload_file(path_or_fileobj=b"1", path_in_repo="c.log", repo_id=repo)
    check("c.log" not in api.list_repo_files(repo), "upload_file obeys the one that is there")


def large_files():
    repo = f"{NAMESPACE}/history"
    api.create_repo(repo)
    for n in (1, 2):
        api.upload_file(path_or_fileobj=LARGE[n:], path_in_repo="w.bin", repo_id=repo)
        api.create_tag(repo, tag=f"v{n}")
    listed = {f.size: f for f in api.list_lfs_files(repo)}
    check(set(listed) == {len(LARGE) - 1, len(LARGE) - 2} and
          all(f.filename == "w.bin" and f.ref in ("main", "v1") for f in listed.values()) and
          listed[len(LARGE) - 1].file_oid == hashlib.sha256(LARGE[1:]).hexdigest(),
          "list_lfs_files of the whole history")
    raises(errors.HfHubHTTPError, lambda: HfApi(token=READ).permanently_delete_lfs_files(
        repo, listed.values()), "a token to read deletes none")
    api.permanently_delete_lfs_files(repo, [listed[len(LARGE) - 1]])
    check(not api.file_exists(repo, "w.bin", revision="v1") and
          api.get_paths_info(repo, "w.bin")[0].size == len(LARGE) - 2 and
          len(list(api.list_lfs_files(repo))) == 1 and len(api.list_repo_commits(repo)) == 3,
          "permanently_delete_lfs_files takes one out of history, and no other")


def owned():
    if not hasattr(api, "list_user_repos"):
        return  # the older family has none
    listed = {repo.id: repo for repo in api.list_user_repos()}
    check(listed[f"{NAMESPACE}/history"].storage >= len(LARGE) - 2 and
          listed[DATA].type == "dataset" and
          all(repo.startswith(f"{NAMESPACE}/") for repo in listed), "list_user_repos")


def commands():
    command = pathlib.Path(sys.executable).with_name("hf")
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "one.txt").write_text("one")
        env = {**os.environ, "HF_TOKEN": WRITE}
        repo = f"{NAMESPACE}/by-command"
        done = subprocess.run([command, "upload", repo, folder], check=False, env=env,
                              capture_output=True, text=True)
        if done.returncode:
            print("#", done.stderr[-300:])
        check(done.returncode == 0 and "one.txt" in api.list_repo_files(repo), "hf upload")


def ends():
    api.move_repo(REPO, f"{NAMESPACE}/moved")
    check(api.model_info(REPO).id == f"{NAMESPACE}/moved", "a moved repository is found")
    with tempfile.TemporaryDirectory() as to:
        path = api.hf_hub_download(REPO, ".gitattributes", local_dir=to)
        check(os.path.getsize(path) > 0, "and read by its old name")
    api.delete_repo(f"{NAMESPACE}/moved")
    raises(errors.RepositoryNotFoundError, lambda: api.model_info(f"{NAMESPACE}/moved"),
           "a deleted one is not")
    api.delete_repo(f"{NAMESPACE}/moved", missing_ok=True)
    check(True, "missing_ok")


def main():
    for part in (accounts, uploads, downloads, refs, commits, rights, faults,
                 datasets, ignored, large_files, owned, commands, ends):
        part()
    points.end()


if __name__ == "__main__":
    main()
