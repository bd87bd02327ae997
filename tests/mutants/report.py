"""What came of the mutants, as docs/mutants.md: how many were caught, and why each of the others may live.

judged.toml has the reasons: for a file, for a function, or for some of its mutants. A survivor without a reason is listed as not judged,
and the exit code is then 1. Written by run.py at its end; by itself it writes the page anew from what the last run left.
"""

import json
import os
import sys
import tomllib

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
RESULT = os.path.join(ROOT, "target", "mutants", "result.json")
PAGE = os.path.join(ROOT, "docs", "mutants.md")
HEAD = """# Mutants

    make mutants

changes the code in every way that [cargo-mutants](https://mutants.rs) lists: an operator, a condition, a value returned. A mutant is caught when a
test fails; [robustness.md](robustness.md) says how they are run. This page is written by that command, with the reasons in
`tests/mutants/judged.toml`.

| module | mutants | caught | part |
| --- | --- | --- | --- |
"""


def reason(judged, mutant):
    """Why a mutant may live, where that was judged."""
    for entry in judged:
        of_file = entry["file"] == mutant["file"] and entry.get("function", mutant["function"]) == mutant["function"]
        if of_file and any(part in mutant["what"] for part in entry.get("mutants", [""])):
            return entry["reason"]
    return None


def page(result, judged):
    """The page, and the survivors without a reason."""
    text, groups, unjudged = HEAD, {}, []
    for module in result["modules"]:
        of_module = [mutant for mutant in result["mutants"] if mutant["file"].startswith(f"src/{module}/")]
        caught = sum(mutant["caught"] for mutant in of_module)
        text += f"| `{module}` | {len(of_module)} | {caught} | {100 * caught / max(1, len(of_module)):.1f} % |\n"
        for mutant in of_module:
            if not mutant["caught"]:
                why = reason(judged, mutant)
                unjudged += [] if why else [mutant["name"]]
                groups.setdefault((mutant["file"], mutant["function"], why or "**not judged**"), []).append(mutant)
    text += f"\n{result['elsewhere']} more stand in functions that one program cannot hold twice (of hidden types, and constant ones); they were not run.\n"
    text += "\n## Those that live\n\n*cut* is one that some tests reach which were not run within its time.\n"
    before = None
    for (file, function, why), mutants in groups.items():
        text += f"\n### `{file}`\n\n" if file != before else ""
        before = file
        words = "; ".join(f"`{m['what']}`" + ("" if m["all_run"] else " *cut*") for m in mutants)
        text += f"- `{function}`: {why}  \n  {words}\n"
    return text, unjudged


def write():
    with open(RESULT) as file:
        result = json.load(file)
    with open(os.path.join(HERE, "judged.toml"), "rb") as file:
        judged = tomllib.load(file).get("judged", [])
    text, unjudged = page(result, judged)
    with open(PAGE, "w") as out:
        out.write(text)
    print("\n".join(["not judged:", *unjudged]) if unjudged else "every survivor is judged")
    return 1 if unjudged else 0


if __name__ == "__main__":
    sys.exit(write())
