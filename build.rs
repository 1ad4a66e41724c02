//! Turns the rules in `rules/` into one JSON text, which is read in a fraction of the time that their YAML takes.
//!
//! Every run reads all rules. What they mean, and whether they are sound, is decided where they are read
//! (`src/rule/catalogue.rs`); here nothing is known of them but that they are YAML. Files that are embedded are watched: a
//! new one is a reason to build.

#![allow(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> Result<(), Box<dyn Error>> {
    for directory in ["rules", "src/input/terraform/model"] {
        println!("cargo::rerun-if-changed={directory}");
    }
    let out = env::var_os("OUT_DIR").ok_or("cargo says where to write")?;
    let rules = rule_files()?.iter().map(|path| rule(path)).collect::<Result<Vec<_>, _>>()?;
    fs::write(Path::new(&out).join("rules.json"), serde_json::to_string(&rules)?)?;
    Ok(())
}

/// The files of `rules/`, by name.
fn rule_files() -> io::Result<Vec<PathBuf>> {
    let entries = fs::read_dir("rules")?.map(|entry| entry.map(|entry| entry.path()));
    let mut paths = entries.collect::<io::Result<Vec<_>>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    paths.sort();
    Ok(paths)
}

fn rule(path: &Path) -> Result<serde_json::Value, Box<dyn Error>> {
    let read = serde_saphyr::from_str(&fs::read_to_string(path)?);
    read.map_err(|error| format!("{}: {error}", path.display()).into())
}
