#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""usage: kill.py HEARTH [MOMENTS] [SEED]

Kills a cycle with SIGKILL at random moments, then lets plain cycles follow: database and forge
must end as they do undisturbed, with nothing doubled. HEARTH is `hearth-sim`, or the product's
own binary for the wall clock: then every history has its own times and commits, and only what
was done, and how often, is compared. Prints TAP, one line for each moment.
"""
import os
import random
import signal
import subprocess
import sys
import time

import world
from world import World

SIM = os.path.abspath(sys.argv[1])
MOMENTS = int(sys.argv[2]) if len(sys.argv) > 2 else 20
SEED = int(sys.argv[3]) if len(sys.argv) > 3 else 1
ON_WALL_CLOCK = os.path.basename(SIM) != "hearth-sim"


def ends(w):
    """What two histories must have in common: (database, forge)."""
    if not ON_WALL_CLOCK:
        return w.dump(), world.state_text(w)
    return str(len(w.dump().splitlines())), repr(sorted(world.own_work(w.state())))


def undisturbed():
    """The end of an undisturbed history, and how long its first cycle takes."""
    with World(SIM) as w:
        began = time.monotonic()
        w.hearth("run", "--yes", expect=0)
        took = time.monotonic() - began
        w.settle()
        return (*ends(w), took)


def kill_after(w, seconds):
    """True: it was still running."""
    process = w.start("run", "--yes", stdout=subprocess.DEVNULL)
    try:
        process.wait(seconds)
        return False
    except subprocess.TimeoutExpired:
        return True
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stderr.close()


def disturbed(delays, dump, state):
    with World(SIM) as w:
        killed = sum(kill_after(w, delay) for delay in delays)
        w.settle(8)
        twice = world.doubled(w.state())
        assert twice == [], f"doubled: {twice}"
        ours = ends(w)
        world.assert_same(ours[1], state, "the forge")
        world.assert_same(ours[0], dump, "the database")
        return killed


def main():
    rng = random.Random(SEED)
    dump, state, took = undisturbed()
    print(f"# seed {SEED}, a cycle takes {took:.2f} s", flush=True)

    def moment(number):
        delays = [rng.uniform(0, took) for _ in range(rng.choice((1, 1, 2, 3)))]
        told = "killed_after_" + "_".join(f"{d:.3f}" for d in delays)

        def test():
            disturbed(delays, dump, state)

        test.__name__ = f"{told}_s_it_ends_the_same"
        return test

    world.run_tests([moment(i) for i in range(MOMENTS)])


main()
