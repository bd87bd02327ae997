//! What every help says, and what is printed beside the commands' own results.

use super::{commands, fed, files, folder, polyattn, root};
use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn every_command_and_every_option_is_described() {
    for (path, mut command) in commands() {
        assert!(command.get_about().is_some(), "{path:?}");
        for argument in command.get_arguments().filter(|a| !["help", "version"].contains(&a.get_id().as_str())) {
            assert!(argument.get_help().is_some(), "{path:?}: {}", argument.get_id());
        }
        let help = command.render_long_help().to_string();
        assert!(help.contains("Examples:"), "{path:?}: {help}");
        assert!(help.lines().all(|line| line.chars().count() <= 130), "{path:?}: {help}");
    }
}

#[test]
fn every_command_that_makes_a_document_prints_it_with_json() {
    for (path, command) in commands() {
        let has = |name: &str| command.get_arguments().any(|argument| argument.get_long() == Some(name));
        let writes_a_form = ["export", "report"].contains(&path.last().map_or("", String::as_str));
        assert!(!has("output") || writes_a_form || has("json"), "{path:?}");
    }
}

#[test]
fn the_exit_codes_are_in_the_help() {
    let help = polyattn(root(), &["--help"]).good();
    let codes = help.split("Exit codes:\n").nth(1).unwrap();
    for code in 0..=5 {
        assert!(codes.lines().any(|line| line.starts_with(&format!("  {code}  "))), "{code}: {help}");
    }
}

#[test]
fn without_arguments_it_says_what_to_type_first() {
    let outcome = polyattn(root(), &[]);
    assert_eq!((outcome.code, outcome.stdout.as_str()), (2, ""));
    assert!(outcome.stderr.contains("Type this first"), "{}", outcome.stderr);
    assert!(outcome.stderr.lines().count() < 50, "{}", outcome.stderr);
}

#[test]
fn the_long_version_names_the_libraries() {
    let version = |argument| polyattn(root(), &[argument]).good();
    let name = format!("polyattn {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(version("-V"), name);
    let long = version("--version");
    let lines: Vec<&str> = long.lines().collect();
    assert_eq!(lines[0], name.trim_end());
    assert!(lines[1].starts_with("rug 1.") && lines[2].starts_with("mpfr 4."), "{long}");
}

#[test]
fn misspelt_names_are_put_right() {
    for (arguments, meant) in [
        (vec!["pln"], "'plan'"),
        (vec!["plan", "spec.toml", "--jsn"], "'--json'"),
        (vec!["study", "nose"], "'noise'"),
        (vec!["export", "table.json", "--to", "jsn", "-o", "-"], "'json'"),
        (vec!["fit", "--target", "recipocal", "--interval", "1,2", "--degree", "3"], "did you mean reciprocal"),
        (vec!["validate", "plan.json", "--backend", "simulatd"], "did you mean 'simulated'"),
        (vec!["survey", "spec.toml", "--by", "haed"], "did you mean 'head'"),
        (vec!["schema", "paln"], "did you mean 'plan'"),
        (vec!["completions", "bahs"], "'bash'"),
    ] {
        polyattn(folder().path(), &arguments).refused(&[meant]);
    }
}

#[test]
fn completions_are_scripts_that_know_every_command() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = polyattn(folder.path(), &["completions", shell]).good();
        for (path, _) in commands() {
            assert!(path.iter().all(|word| script.contains(word)), "{shell}: {path:?}");
        }
    }
    let script = polyattn(folder.path(), &["completions", "bash"]).good();
    let file = folder.path().join("polyattn.bash");
    fs::write(&file, script).unwrap();
    let asked = "source polyattn.bash; COMP_WORDS=(polyattn va); COMP_CWORD=1; _polyattn polyattn va polyattn; echo ${COMPREPLY[*]}";
    let output = Command::new("bash").args(["-c", asked]).current_dir(folder.path()).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "validate\n");
}

#[test]
fn there_is_a_manual_page_for_every_command() {
    let folder = tempfile::tempdir().unwrap();
    polyattn(folder.path(), &["man", "--out", "man1"]).good();
    let pages = files(&folder.path().join("man1"));
    for (path, command) in commands() {
        let name = [vec!["polyattn".into()], path].concat().join("-");
        let page = pages.iter().find(|page| page.file_stem().is_some_and(|stem| *stem == *name));
        let text = fs::read_to_string(page.unwrap_or_else(|| panic!("no page {name}"))).unwrap();
        assert!(text.contains(&format!(".TH {name} 1")) && text.contains(".SH NAME"), "{name}");
        for long in command.get_arguments().filter_map(clap::Arg::get_long) {
            assert!(text.contains(&format!("\\-\\-{}", long.replace('-', "\\-"))), "{name}: --{long}");
        }
    }
    assert!(polyattn(folder.path(), &["man"]).good().contains(".TH polyattn 1"));
}

/// Whether text has an escape sequence.
fn has_colour(text: &str) -> bool {
    text.contains('\u{1b}')
}

#[test]
fn colours_are_for_terminals_and_never_in_documents() {
    let folder = folder();
    let path: &Path = folder.path();
    let force = [("CLICOLOR_FORCE", "1")];
    assert!(!has_colour(&polyattn(path, &["plan", "none.toml"]).stderr));
    assert!(has_colour(&fed(path, &["plan", "none.toml"], b"", &force).stderr));
    assert!(!has_colour(&fed(path, &["plan", "none.toml"], b"", &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]).stderr));
    assert!(has_colour(&fed(path, &["--help"], b"", &force).stdout));
    assert!(!has_colour(&polyattn(path, &["--help"]).stdout));
    assert!(!has_colour(&polyattn(path, &["plan", "spec.toml"]).good()));
    assert!(has_colour(&fed(path, &["plan", "spec.toml", "-o", "plan.json"], b"", &force).good()));
    assert!(!has_colour(&fs::read_to_string(path.join("plan.json")).unwrap()));
    assert!(!has_colour(&fed(path, &["plan", "spec.toml", "--json"], b"", &force).good()));
}
