"""Mutation testing of the modules that every claim rests on: `make mutants`.

The mutants are those of cargo-mutants. All are built into one program (instrument.py); each is run by the tests that reach its
function until one fails: the quickest first, then those of its own module and of the suites that hold figures against a record, then the rest.
Prints and writes what was caught, what survived, and what was not run. Continued where it was interrupted: remove the record to begin anew.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import instrument
import report

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# A mutant that takes this many times as long as the test does without it, and seconds more, hangs.
SLOWER, LONGER = 10, 5
MEMORY = 4 << 30
# Tests as quick as this come first, whatever they are about.
QUICK = 0.03
# Suites that hold every figure against a record.
RECORDS = ("record", "tables", "tamper")


def limited():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def listed(modules):
    folders = [argument for module in modules for argument in ("-f", f"src/{module}/**")]
    command = ["cargo", "mutants", "--list", "--json", *folders]
    return json.loads(subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=True).stdout)


def binaries(tree, target, suites):
    chosen = ["--lib"] + [argument for suite in suites for argument in ("--test", suite)]
    command = ["cargo", "test", "--release", "--no-run", "--message-format=json", "--target-dir", target, *chosen]
    run = subprocess.run(command, cwd=tree, text=True, stdout=subprocess.PIPE)
    messages = [json.loads(line) for line in run.stdout.splitlines()]
    if run.returncode:
        wrong = [m["message"]["rendered"] for m in messages if m.get("reason") == "compiler-message"]
        raise SystemExit("\n".join(wrong[:5]))
    return [m["executable"] for m in messages if m.get("reason") == "compiler-artifact" and m["profile"]["test"]]


def tests(binary, tree):
    run = subprocess.run([binary, "--list", "--format", "terse"], cwd=tree, text=True, capture_output=True, check=True)
    names = [line.removesuffix(": test") for line in run.stdout.splitlines() if line.endswith(": test")]
    ignored = subprocess.run(
        [binary, "--list", "--ignored", "--format", "terse"], cwd=tree, text=True, capture_output=True, check=True
    )
    skipped = {line.removesuffix(": test") for line in ignored.stdout.splitlines()}
    return [(binary, name) for name in names if name not in skipped]


def run_test(tree, test, seconds, **variables):
    """Whether a test passes, and how long it takes."""
    began = time.monotonic()
    environment = {**os.environ, "RUST_BACKTRACE": "0", "RAYON_NUM_THREADS": "1", **variables}
    try:
        done = subprocess.run(
            [test[0], "--exact", test[1], "--test-threads=1"],
            cwd=tree,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            preexec_fn=limited,
        )
        outcome = done.returncode == 0
    except subprocess.TimeoutExpired:
        outcome = False
    return outcome, time.monotonic() - began


def measure(tree, test, longest):
    """The seconds of a test that passes, and the functions that it reaches."""
    trace = os.path.join(tree, f"trace-{os.path.basename(test[0])}-{test[1].replace('::', '-')}")
    passes, seconds = run_test(tree, test, longest, MUTANT_TRACE=trace)
    reached = set()
    if os.path.exists(trace):
        reached = {int(line) for line in open(trace).read().split()}
        os.remove(trace)
    return test, (seconds if passes else None), reached


def order(mutant, test, seconds):
    """When a test is run: the key to sort by."""
    program, name = os.path.basename(test[0]), test[1]
    is_near = name.startswith(mutant["file"].split("/")[1] + "::") or program.rsplit("-", 1)[0] in RECORDS
    return (0 if seconds < QUICK else 1 if is_near else 2), seconds


def judge(tree, number, candidates, budget):
    """The test that fails with this mutant, or None; and whether every test that reaches it was run."""
    spent = 0.0
    for test, seconds in candidates:
        if spent > budget:
            return None, False
        passes, took = run_test(tree, test, SLOWER * seconds + LONGER, MUTANT=str(number))
        spent += took
        if not passes:
            return test[1], True
    return None, True


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("modules", nargs="*", default=["certify", "circuit", "noise"])
    parser.add_argument("--suite", action="append", default=[], help="integration tests to run beside the unit tests")
    parser.add_argument("--budget", type=float, default=8.0, help="seconds for each mutant")
    parser.add_argument("--longest", type=float, default=12.0, help="tests that take longer are left out")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--work", default=os.path.join(ROOT, "target", "mutants"))
    parser.add_argument("--again", action="store_true", help="run survivors of an earlier run again")
    parser.add_argument("-o", "--output", default=os.path.join(ROOT, "target", "mutants", "mutants.json"))
    arguments = parser.parse_args()
    tree, target = os.path.join(arguments.work, "tree"), os.path.join(arguments.work, "target")
    mutants = listed(arguments.modules)
    print(f"{len(mutants)} mutants", flush=True)
    instrument.copy(ROOT, tree)
    dropped, placed = instrument.viable(ROOT, tree, target, mutants, os.path.join(arguments.work, "dropped.json"))
    print(f"{len(placed)} in one program, {len(dropped)} do not compile there", flush=True)
    programs = binaries(tree, target, arguments.suite)
    every = [test for program in programs for test in tests(program, tree)]
    with ThreadPoolExecutor(arguments.jobs) as pool:
        measured = list(pool.map(lambda test: measure(tree, test, arguments.longest), every))
    left_out = [test[1] for test, seconds, _ in measured if seconds is None]
    print(f"{len(every)} tests, {len(left_out)} left out: {', '.join(left_out)}", flush=True)
    firsts = {}
    for number in sorted(placed):
        span = mutants[number]["function"]["span"]
        firsts.setdefault((mutants[number]["file"], span["start"]["line"], span["start"]["column"]), number)
    record = json.load(open(arguments.output)) if os.path.exists(arguments.output) else {}
    waiting = []
    for number in sorted(placed):
        mutant = mutants[number]
        known = record.get(mutant["name"])
        if known and (known["caught"] or not arguments.again):
            continue
        span = mutant["function"]["span"]
        first = firsts[(mutant["file"], span["start"]["line"], span["start"]["column"])]
        reaching = [(test, seconds) for test, seconds, reached in measured if seconds is not None and first in reached]
        waiting.append((number, sorted(reaching, key=lambda pair: order(mutant, *pair))))
    # Survivors of an earlier run come last.
    waiting.sort(key=lambda one: mutants[one[0]]["name"] in record)

    def save():
        with open(arguments.output + ".new", "w") as out:
            json.dump(record, out, indent=1, sort_keys=True)
        os.replace(arguments.output + ".new", arguments.output)

    began = time.monotonic()
    with ThreadPoolExecutor(arguments.jobs) as pool:
        judged = pool.map(lambda w: (w[0], len(w[1]), judge(tree, w[0], w[1], arguments.budget)), waiting)
        for done, (number, reaching, (test, whole)) in enumerate(judged, 1):
            record[mutants[number]["name"]] = {"caught": test is not None, "by": test, "reached_by": reaching, "all_run": whole}
            if done % 50 == 0:
                save()
                caught = sum(entry["caught"] for entry in record.values())
                print(f"{done}/{len(waiting)} {time.monotonic() - began:.0f} s: {caught} of {len(record)} caught", flush=True)
    save()
    for module in arguments.modules:
        outcomes = [record[mutants[n]["name"]]["caught"] for n in placed if mutants[n]["file"].startswith(f"src/{module}/")]
        print(f"{module}: {sum(outcomes)} of {len(outcomes)} caught")
    if arguments.modules != parser.get_default("modules"):
        # The page is of the whole.
        return 0
    result = {
        "modules": arguments.modules,
        # Functions of hidden types and constant ones cannot stand there twice.
        "elsewhere": sum(n not in placed and n not in dropped for n in range(len(mutants))),
        "mutants": [outcome(mutants[number], record) for number in sorted(placed)],
    }
    with open(report.RESULT, "w") as out:
        json.dump(result, out, indent=1)
    return report.write()


def outcome(mutant, record):
    """A mutant with what came of it, for the report."""
    entry = record[mutant["name"]]
    what = mutant["name"].split(": ", 1)[1].removesuffix(f" in {mutant['function']['function_name']}")
    return {"file": mutant["file"], "function": mutant["function"]["function_name"], "what": what, "name": mutant["name"], **entry}


if __name__ == "__main__":
    sys.exit(main())
