//! The examples of every help are run.

use super::{PROGRAM, commands, root};
use std::fs;
use std::path::Path;
use std::process::Command;

/// What takes longer than ten seconds.
const LONG: [&str; 5] = [
    "polyattn layer examples/layers.toml",
    "polyattn compare examples/paper.toml --run",
    "polyattn layer examples/layers.toml --run -o layers.json",
    "polyattn study noise --runs 1000 -o long.json",
    "polyattn survey examples/heads.toml --validate -o validated.json",
];

/// The example lines of a command's help, continued lines put together.
fn examples(command: &clap::Command) -> Vec<String> {
    let help = command.get_after_long_help().or(command.get_after_help()).unwrap().to_string();
    // Longer lines are broken where help is shown, and cannot be copied from there.
    assert!(help.lines().filter(|line| line.starts_with(' ')).all(|line| line.chars().count() <= 98), "{help}");
    let help = help.replace("\\\n", " ");
    help.lines().map(str::trim).filter(|line| line.starts_with("polyattn ")).map(String::from).collect()
}

/// Runs lines in a folder that has the repository's examples and documents.
fn run(lines: &[String], folder: &Path) {
    std::os::unix::fs::symlink(root().join("examples"), folder.join("examples")).unwrap();
    fs::create_dir(folder.join("docs")).unwrap();
    for name in ["heads", "noise-study", "precision"] {
        let name = format!("docs/{name}.json");
        fs::copy(root().join(&name), folder.join(&name)).unwrap();
    }
    let programs = Path::new(PROGRAM).parent().unwrap().display().to_string();
    let path = format!("{programs}:{}", std::env::var("PATH").unwrap());
    for line in lines {
        let began = std::time::Instant::now();
        let mut shell = Command::new("bash");
        let output =
            shell.args(["-o", "pipefail", "-c", line]).current_dir(folder).env("PATH", &path).output().unwrap();
        println!("{:6.2} s  {line}", began.elapsed().as_secs_f64());
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

pub fn is_long(line: &str) -> bool {
    LONG.contains(&line)
}

/// Runs the chosen examples of each help in a folder of its own, which `look` sees at the end.
pub fn run_all(is_chosen: impl Fn(&str) -> bool, mut look: impl FnMut(&Path)) {
    for (path, command) in commands() {
        let lines = examples(&command);
        assert!(!lines.is_empty(), "{path:?} has no examples");
        let chosen: Vec<String> = lines.into_iter().filter(|line| is_chosen(line)).collect();
        let folder = tempfile::tempdir().unwrap();
        run(&chosen, folder.path());
        look(folder.path());
    }
}

#[test]
fn every_example_of_every_help_works() {
    run_all(|line| !is_long(line), |_| ());
}

#[test]
fn the_long_examples_are_there() {
    let all: Vec<String> = commands().into_iter().flat_map(|(_, command)| examples(&command)).collect();
    for line in LONG {
        assert!(all.iter().any(|known| known == line), "{line}");
    }
}

#[test]
#[ignore = "a study of a thousand runs among them: make noise-study"]
fn the_long_examples_work() {
    run_all(is_long, |_| ());
}
