//! Files that are embedded are watched: a new one is a reason to build.

#![allow(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]

fn main() {
    for directory in ["rules", "src/input/terraform/model"] {
        println!("cargo::rerun-if-changed={directory}");
    }
}
