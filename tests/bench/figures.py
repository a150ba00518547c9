# SPDX-License-Identifier: Apache-2.0
"""What every benchmark script shares: the list of figures, medians, and the output."""
import json
import statistics
import sys


def wanted(name, isa):
    """{figure: (unit, goal)} of a group or of one figure, in the order of the list."""
    rows = {}
    for line in open("tests/bench/figures.list", encoding="utf-8"):
        words = line.split()
        if line.startswith("#") or not words:
            continue
        group, figure, unit, *goals = words
        if name in (group, figure):
            rows[figure] = (unit, float(goals[0] if isa == "v4" else goals[-1]))
    return rows


def is_met(unit, value, goal):
    return value >= goal if unit in ("x", "1/s") else value <= goal


def ratio(ours, peer, **more):
    """How many times as fast as the peer we are, from the times of both."""
    mine, theirs = statistics.median(ours), statistics.median(peer)
    return {"value": theirs / mine, "ours": mine, "peer": theirs, "runs": len(ours), **more}


def main(name, isa, measures):
    """measures: {figure: function returning a dict with value, ours, peer, runs, ...}."""
    figures = wanted(name, isa)
    missing = [figure for figure in figures if figure not in measures]
    done, missed = {}, []
    for figure, (unit, goal) in figures.items():
        if figure in missing:
            continue
        got = {"goal": goal, "unit": unit, "isa": isa, "threads": 1, **measures[figure]()}
        done[figure] = got
        if not is_met(unit, got["value"], goal):
            missed.append(figure)
        if "--json" not in sys.argv:
            print(f"{figure:22} {got['value']:9.3f} {unit:4} goal {goal:g}  ours"
                  f" {got['ours']:.4g}  peer {got['peer'] if got['peer'] else 0:.4g}"
                  f"  {got.get('note', '')}", flush=True)
    if "--json" in sys.argv:
        print(json.dumps(done, indent=2))
    if missed:
        print("bench: goal missed: " + ", ".join(missed), file=sys.stderr)
    if missing:
        print("bench: not there yet: " + ", ".join(missing), file=sys.stderr)
    sys.exit(1 if missed or missing else 0)
