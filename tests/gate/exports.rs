//! Exports against their tables and plans.

use super::{polyattn, read, repository, write};
use std::fs;

/// A digit in an export is found on its line, in every form; another version of this program is not a difference, and is told.
#[test]
fn a_changed_digit_of_an_export_is_found() {
    let folder = repository();
    let table = "tables/reciprocal.json";
    for form in ["openfhe", "lattigo", "heaan", "seal", "numpy", "rust", "json", "csv"] {
        let made = polyattn(folder.path(), &["export", table, "--to", form, "-o", "export.txt"]);
        made.passed();
        assert!(
            polyattn(folder.path(), &["check", table, "export.txt"])
                .passed()
                .contains("every line is that of the table")
        );
        let text = fs::read_to_string(folder.path().join("export.txt")).unwrap();

        let older = text.replace("polyattn 0.1.0, rug 1.30.0", "polyattn 0.0.9, rug 1.29.0");
        let older = older.replace("\"polyattn\": \"0.1.0\"", "\"polyattn\": \"0.0.9\"");
        assert_ne!(older, text, "{form}");
        fs::write(folder.path().join("export.txt"), &older).unwrap();
        let said = polyattn(folder.path(), &["check", table, "export.txt"]);
        assert!(said.passed().contains("written by polyattn 0.0.9"), "{form}: {}", said.stdout);

        // The last line with many digits is a number of the table, or a point of the file's own test.
        let digits = |line: &&str| line.chars().filter(char::is_ascii_digit).count() > 12 && !line.contains("sha256");
        let line = text.lines().rfind(digits).unwrap();
        let number = text.lines().position(|other| other == line).unwrap() + 1;
        let digit = line.rfind(|c: char| c.is_ascii_digit() && c != '9').unwrap();
        let changed = format!("{}9{}", &line[..digit], &line[digit + 1..]);
        fs::write(folder.path().join("export.txt"), text.replacen(line, &changed, 1)).unwrap();
        let outcome = polyattn(folder.path(), &["check", table, "export.txt"]);
        outcome.failed(4, "export-text", &["export.txt", &format!("line {number}: "), "the table gives"]);
    }
}

/// Of a plan too, and of the table inside one.
#[test]
fn exports_of_plans_are_compared() {
    let folder = repository();
    let plan = "plans/attention.json";
    polyattn(folder.path(), &["export", plan, "--to", "rust", "-o", "plan.rs"]).passed();
    let outcome = polyattn(folder.path(), &["check", plan, "plan.rs"]);
    assert!(outcome.passed().contains("every line is that of the plan given"), "{}", outcome.stdout);
    let text = fs::read_to_string(folder.path().join("plan.rs")).unwrap();
    fs::write(folder.path().join("plan.rs"), text + "// more\n").unwrap();
    polyattn(folder.path(), &["check", plan, "plan.rs"]).failed(4, "export-text", &["plan.rs", "found `// more`"]);

    write(folder.path(), "inner.json", &read(folder.path(), plan)["chosen"]["tables"][0]);
    polyattn(folder.path(), &["export", "inner.json", "--to", "numpy", "-o", "inner.py"]).passed();
    polyattn(folder.path(), &["check", plan, "inner.py"]).passed();
    polyattn(folder.path(), &["check", "tables/gelu.json", "inner.py"]).failed(4, "export-source", &["inner.py"]);
}

/// What a reader takes for another line must not hide in the lines of versions, which may differ.
#[test]
fn nothing_hides_in_the_lines_of_versions() {
    let folder = repository();
    let table = "tables/reciprocal.json";
    let hidden = [
        ("numpy", "MPFR 4.2.2", "MPFR 4.2.2\rprint(1)", 4, "control character"),
        ("openfhe", "MPFR 4.2.2", "MPFR 4.2.2\r#define double float", 4, "control character"),
        ("csv", "MPFR 4.2.2", "MPFR 4.2.2\r0,999", 4, "control character"),
        ("numpy", "MPFR 4.2.2", "MPFR 4.2.2, and more", 4, "the file was edited"),
        (
            "json",
            "\"polyattn\": \"0.1.0\",",
            "\"polyattn\": \"0.1.0\", \"x\": 1}, \"degree\": 1, \"provenance\": {\"polyattn\": \"0.1.0\",",
            2,
            "field 'provenance' stands twice",
        ),
        ("json", "\"polyattn\": \"0.1.0\",", "\"polyattn\": \"0.1.0\", \"x\": 1,", 4, "the file was edited"),
    ];
    for (form, from, to, code, words) in hidden {
        polyattn(folder.path(), &["export", table, "--to", form, "-o", "export.txt"]).passed();
        let text = fs::read_to_string(folder.path().join("export.txt")).unwrap();
        let changed = text.replacen(from, to, 1);
        assert_ne!(text, changed, "{form}");
        fs::write(folder.path().join("export.txt"), changed).unwrap();
        let said = polyattn(folder.path(), &["check", table, "export.txt"]);
        assert!(said.code == code && said.stdout.contains(words), "{form}: {} {}", said.code, said.stdout);
    }
    // Other line ends are no difference.
    polyattn(folder.path(), &["export", table, "--to", "numpy", "-o", "export.txt"]).passed();
    let text = fs::read_to_string(folder.path().join("export.txt")).unwrap().replace('\n', "\r\n");
    fs::write(folder.path().join("export.txt"), text).unwrap();
    polyattn(folder.path(), &["check", table, "export.txt"]).passed();
}
