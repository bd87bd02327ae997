"""What came of the mutants, as docs/mutants.md: how many were caught, and why each of the others may live.

judged.toml has the reasons: for a function, or for some of its mutants. A survivor without a reason is listed as not judged, and the
exit code is then 1.
"""

import collections
import json
import os
import re
import sys
import tomllib

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
NAME = re.compile(r"(?P<file>[^:]+):(?P<line>\d+):(?P<column>\d+): (?P<what>.*?)(?: in (?P<function>\S.*))?$")
HEAD = """# Mutants

    make mutants

changes the code in every way that [cargo-mutants](https://mutants.rs) lists: an operator, a condition, a value returned. A mutant is caught when a
test fails; [robustness.md](robustness.md) says how they are run. This page is written by that command from the reasons in
`tests/mutants/judged.toml`.

| module | mutants | caught | part |
| --- | --- | --- | --- |
"""


def reason(entries, file, function, what):
    for entry in entries:
        if entry["file"] == file and entry.get("function", function) == function:
            if any(part in what for part in entry.get("mutants", [""])):
                return entry["reason"]
    return None


def report(record, current, elsewhere, modules):
    """The page, and the survivors without a reason."""
    with open(os.path.join(HERE, "judged.toml"), "rb") as file:
        entries = tomllib.load(file)["judged"]
    page = HEAD
    groups = collections.OrderedDict()
    unjudged = []
    for module in modules:
        of_module = {name: record[name]["caught"] for name in current if name.startswith(f"src/{module}/") and name in record}
        caught = sum(of_module.values())
        page += f"| `{module}` | {len(of_module)} | {caught} | {100 * caught / max(1, len(of_module)):.1f} % |\n"
        for name in (name for name, is_caught in of_module.items() if not is_caught):
            found = NAME.match(name)
            file, function, what = found["file"], found["function"] or "", found["what"]
            why = reason(entries, file, function, what)
            unjudged += [] if why else [name]
            groups.setdefault((file, function, why or "**not judged**"), []).append(f"{found['line']}: {what}")
    page += f"\n{len(elsewhere)} more stand in functions that one program cannot hold twice (of hidden types, and constant ones), and were not run.\n"
    page += "\n## Those that live\n"
    before = None
    for (file, function, why), mutants in groups.items():
        if file != before:
            page += f"\n### `{file}`\n\n"
            before = file
        cell = "; ".join(f"`{mutant}`" for mutant in mutants)
        page += f"- `{function}`: {why}  \n  {cell}\n"
    return page, unjudged


def main():
    work = os.path.join(ROOT, "target", "mutants")
    record = json.load(open(os.path.join(work, "mutants.json")))
    placed = open(os.path.join(work, "in-the-program.txt")).read().splitlines()
    elsewhere = open(os.path.join(work, "not-in-the-program.txt")).read().splitlines()
    page, unjudged = report(record, placed, elsewhere, ["certify", "circuit", "noise"])
    with open(os.path.join(ROOT, "docs", "mutants.md"), "w") as out:
        out.write(page)
    print("\n".join(["not judged:", *unjudged]) if unjudged else "every survivor is judged")
    return 1 if unjudged else 0


if __name__ == "__main__":
    sys.exit(main())
