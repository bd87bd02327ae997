"""All mutants in one program.

cargo-mutants builds the crate once for each mutant, which for thousands takes days. Here every mutated body stands in its function
beside the original, and an environment variable picks one: a single build serves all mutants, and a mutant costs the tests that it takes
to notice it.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess

MODULE = '''//! Which mutant is active, and which functions with mutants were reached.

use std::collections::BTreeSet;
use std::io::Write;
use std::sync::{LazyLock, Mutex};

static ACTIVE: LazyLock<u32> =
    LazyLock::new(|| std::env::var("MUTANT").ok().and_then(|id| id.parse().ok()).unwrap_or(u32::MAX));
static TRACE: LazyLock<Option<String>> = LazyLock::new(|| std::env::var("MUTANT_TRACE").ok());
static REACHED: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

/// The active mutant among those of a function.
pub fn among(first: u32, last: u32) -> Option<u32> {
    if let Some(path) = TRACE.as_ref()
        && let Ok(mut reached) = REACHED.lock()
        && reached.insert(first)
    {
        let file = std::fs::OpenOptions::new().create(true).append(true).open(path);
        let _ = file.and_then(|mut file| writeln!(file, "{first}"));
    }
    (first..=last).contains(&*ACTIVE).then_some(*ACTIVE)
}
'''


def offsets(text):
    """Byte-free offsets of the lines of a text, to turn (line, column) into an index."""
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return starts


def at(starts, place):
    return starts[place["line"] - 1] + place["column"] - 1


TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|b?r#"(?:.|\n)*?"#|b?"(?:\\.|[^"\\])*"|b?\'(?:\\[^\']*|[^\'\\])\'|[{}]', re.DOTALL
)


def body(text, start, end):
    """The index behind the opening brace of the block that ends at `end`."""
    opened = []
    for token in TOKEN.finditer(text, start, end):
        if token.group() == "{":
            opened.append(token.start())
        elif token.group() == "}":
            last = opened.pop()
            if token.end() == end:
                return last + 1
    return None


def mutated(text, mutant, starts, begin, end):
    """The body with the mutant's replacement."""
    first, last = at(starts, mutant["span"]["start"]), at(starts, mutant["span"]["end"])
    return text[begin:first] + mutant["replacement"] + text[last:end]


def instrument(source, tree, mutants, dropped):
    """Writes the sources of `source` with their mutants to `tree`; gives the lines of each mutant in each file."""
    lines = {}
    by_function = {}
    for number, mutant in enumerate(mutants):
        # A function that hides its type can have only one.
        if mutant.get("function") and number not in dropped and "impl " not in mutant["function"]["return_type"]:
            span = mutant["function"]["span"]
            place = (mutant["file"], span["start"]["line"], span["start"]["column"])
            by_function.setdefault(place, []).append(number)
    insertions = {}
    for (file, _, _), numbers in by_function.items():
        text = open(os.path.join(source, file)).read()
        starts = offsets(text)
        span = mutants[numbers[0]]["function"]["span"]
        first, last = at(starts, span["start"]), at(starts, span["end"])
        begin = body(text, first, last)
        if begin is None or re.search(r"\bconst\s+fn\b", text[first:begin]):
            continue
        arms = [(n, mutated(text, mutants[n], starts, begin, last - 1)) for n in numbers]
        insertions.setdefault(file, []).append((begin, arms))
    for file, places in insertions.items():
        text = open(os.path.join(source, file)).read()
        written, done = [], 0
        line = 1

        def put(piece):
            nonlocal line
            written.append(piece)
            line += piece.count("\n")

        for begin, arms in sorted(places):
            put(text[done:begin])
            done = begin
            first, last = min(n for n, _ in arms), max(n for n, _ in arms)
            put(f"\nif let Some(mutant) = crate::mutation::among({first}, {last}) {{ match mutant {{\n")
            for number, changed in arms:
                begun = line
                put(f"{number} => {{ return {{\n{changed}\n}}; }}\n")
                lines.setdefault(file, []).append((begun, line - 1, number))
            put("_ => {} } }\n")
        put(text[done:])
        with open(os.path.join(tree, file), "w") as out:
            out.write("".join(written))
    placed = {n for places in lines.values() for _, _, n in places}
    return lines, placed


def copy(source, tree):
    shutil.rmtree(tree, ignore_errors=True)
    files = subprocess.run(["git", "ls-files"], cwd=source, text=True, capture_output=True, check=True).stdout.split("\n")
    for file in filter(None, files):
        to = os.path.join(tree, file)
        os.makedirs(os.path.dirname(to), exist_ok=True)
        shutil.copy2(os.path.join(source, file), to)
    with open(os.path.join(tree, "src/mutation.rs"), "w") as out:
        out.write(MODULE)
    with open(os.path.join(source, "src/lib.rs")) as library:
        text = library.read()
    with open(os.path.join(tree, "src/lib.rs"), "w") as out:
        first = text.index("\npub mod ")
        out.write(text[:first] + "\n#![allow(warnings, arithmetic_overflow, unconditional_panic, overflowing_literals)]\n#[doc(hidden)]\npub mod mutation;\n" + text[first:])
    with open(os.path.join(tree, "Cargo.toml")) as manifest:
        text = manifest.read()
    # The crate itself is large with its mutants: built quickly, its dependencies as in the release.
    text = text.replace("[profile.release]\n", '[profile.release]\nopt-level = 1\n', 1)
    text += '\n[profile.release.package."*"]\nopt-level = 3\n'
    with open(os.path.join(tree, "Cargo.toml"), "w") as manifest:
        manifest.write(text)


def places(span):
    """Where a span is, and where the macros were called that it comes from."""
    while span:
        yield span["file_name"], span["line_start"]
        span = (span.get("expansion") or {}).get("span")


def errors(tree, target):
    """Where the compiler found errors: (file, line) of every place that it names, most telling first."""
    command = ["cargo", "check", "--release", "--lib", "--message-format=json", "--target-dir", target]
    run = subprocess.run(command, cwd=tree, text=True, capture_output=True)
    found = []
    for text in run.stdout.splitlines():
        message = json.loads(text)
        if message.get("reason") == "compiler-message" and message["message"]["level"] == "error":
            spans = sorted(message["message"]["spans"], key=lambda span: not span["is_primary"])
            found.append(([place for span in spans for place in places(span)], message["message"]["rendered"]))
    return found, run.returncode


def viable(source, tree, target, mutants, known):
    """Drops what does not compile until the rest does; gives those dropped. `known` is a file of those found earlier."""
    texts = {file: open(os.path.join(source, file)).read() for file in {mutant["file"] for mutant in mutants}}
    keys = [mutant["name"] + " " + hashlib.sha256(texts[mutant["file"]].encode()).hexdigest() for mutant in mutants]
    earlier = set(json.load(open(known))) if os.path.exists(known) else set()
    dropped = {number for number, key in enumerate(keys) if key in earlier}
    while True:
        lines, placed = instrument(source, tree, mutants, dropped)
        found, code = errors(tree, target)
        if code == 0:
            return dropped, placed
        worse = set()
        for named, _ in found:
            for file, line in named:
                hit = [n for first, last, n in lines.get(file, []) if first <= line <= last]
                if hit:
                    worse.update(hit)
                    break
        print(f"{len(found)} errors, {len(worse)} mutants do not compile", flush=True)
        with open(known, "w") as out:
            json.dump(sorted(earlier | {keys[number] for number in dropped | worse}), out)
        if not worse:
            raise SystemExit("\n".join(rendered for _, rendered in found[:5]))
        dropped |= worse
