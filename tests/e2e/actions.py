#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: tests/e2e/actions.py HEARTH_SIM
Hearth as a step of an Actions job: what it takes from the job's variables, what it writes for
the job, with a folder that stays and without one, and what it refuses.
"""
import json
import os
import re
import shutil
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import world  # noqa: E402
from world import World  # noqa: E402

SIM = os.path.abspath(sys.argv[1])


class Job:
    """The variables and files of one job."""

    def __init__(self, w, **variables):
        self.w = w
        self.files = {n: os.path.join(w.dir, n) for n in ("output", "summary", "event")}
        for name in ("output", "summary"):
            with open(self.files[name], "w", encoding="utf-8") as file:
                file.write("# of a step before\n")
        with open(self.files["event"], "w", encoding="utf-8") as file:
            json.dump({"repository": {"default_branch": "main", "full_name": "x/y"}}, file)
        with open(w.token, encoding="utf-8") as file:
            token = file.read().strip()
        w.env.update({
            "GITHUB_ACTIONS": "true", "GITHUB_API_URL": w.greeting["api"],
            "GITHUB_REPOSITORY": w.greeting["repo"], "GITHUB_REF": "refs/heads/main",
            "GITHUB_EVENT_NAME": "schedule", "GITHUB_EVENT_PATH": self.files["event"],
            "GITHUB_OUTPUT": self.files["output"],
            "GITHUB_STEP_SUMMARY": self.files["summary"], "GITHUB_WORKSPACE": w.home,
            "HEARTH_TOKEN": token, **variables})
        shutil.rmtree(w.home)
        os.mkdir(w.home)
        with open(os.path.join(w.home, "hearth.yml"), "w", encoding="utf-8") as file:
            file.write("# the forge is the job's\n")

    def read(self, name):
        with open(self.files[name], encoding="utf-8") as file:
            return file.read()

    def outputs(self):
        text = self.read("output")
        assert text.startswith("# of a step before\n"), text
        pattern = r"(?ms)^([a-z-]+)<<([0-9a-f]{32})\n(.*?)\n\2$"
        found = re.findall(pattern, text)
        assert len({delimiter for _, delimiter, _ in found}) == len(found), "a delimiter twice"
        return {name: value for name, _, value in found}


def a_job_needs_no_address_in_the_configuration():
    with World(SIM) as w:
        job = Job(w)
        done = w.hearth("run", "--yes", expect=0)
        outputs = job.outputs()
        assert outputs["exit-code"] == "0" and int(outputs["sent"]) > 10, outputs
        assert outputs["releases"] == "1" and outputs["why-left"] == "", outputs
        summary = job.read("summary")
        assert summary.startswith("# of a step before\n") and "| sent | 2" in summary, summary
        assert "::warning" not in done.err


def what_is_left_is_a_warning_on_the_jobs_page():
    with World(SIM) as w:
        job = Job(w)
        done = w.hearth("run", expect=3)
        assert "::warning title=Hearth left work over::" in done.err, done.err
        outputs = job.outputs()
        assert outputs["exit-code"] == "3" and "awaits" in outputs["why-left"], outputs
        assert "Work is left over" in job.read("summary")


def without_a_folder_that_stays_nothing_is_doubled():
    with World(SIM) as w:
        Job(w)
        w.hearth("run", "--yes", expect=0)
        before = world.without_times(w.state())
        for _ in range(2):
            w.clock.advance(3600)
            Job(w)  # an empty folder again
            w.hearth("run", "--yes")
            assert world.doubled(w.state()) == []
        assert list(world.own_work(w.state())) == list(world.own_work(before))


def the_policy_of_a_pull_request_does_not_count():
    with World(SIM) as w:
        Job(w, GITHUB_REF="refs/pull/7/merge", GITHUB_EVENT_NAME="pull_request")
        assert "whose own policy would count" in w.hearth("run", expect=2).err
        Job(w, GITHUB_REF="refs/heads/feature", GITHUB_EVENT_NAME="push")
        assert "default branch, main" in w.hearth("run", expect=2).err
        Job(w, GITHUB_REF="refs/pull/7/merge", GITHUB_WORKSPACE=w.dir + "/forge")
        w.hearth("run", "--yes", expect=0)  # its policy is not of the checkout


def the_token_of_a_job_has_an_account_on_github_only():
    with World(SIM) as w:
        job = Job(w, GITHUB_TOKEN="of-the-job")
        token = w.env.pop("HEARTH_TOKEN")
        w.env["GITHUB_TOKEN"] = token
        w.control("requests", method="DELETE")
        w.hearth("run")
        asked = w.control("requests")
        assert any("/users/github-actions" in line for line in asked), asked
        assert not any(line.startswith("GET /user ") for line in asked), asked
        w.env["GITEA_ACTIONS"] = "true"
        assert "HEARTH_TOKEN" in w.hearth("run", expect=2).err
        assert token not in job.read("output") + job.read("summary")


def a_full_summary_is_left_alone():
    with World(SIM) as w:
        job = Job(w)
        with open(job.files["summary"], "w", encoding="utf-8") as file:
            file.write("x" * (1 << 20))
        w.hearth("run", "--yes", expect=0)
        assert len(job.read("summary")) == 1 << 20


world.run_tests([
    a_job_needs_no_address_in_the_configuration,
    what_is_left_is_a_warning_on_the_jobs_page,
    without_a_folder_that_stays_nothing_is_doubled,
    the_policy_of_a_pull_request_does_not_count,
    the_token_of_a_job_has_an_account_on_github_only,
    a_full_summary_is_left_alone,
])
