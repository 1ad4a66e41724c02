//! The plan of the house is a test: `ARCHITECTURE.md` says which room may import which, and where a crate may be used.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A row of the import table.
struct Room {
    floor: u32,
    may: Vec<String>,
    anything_below: bool,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The cells of the rows of the table whose head starts with `head`.
fn table(head: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let rows = text.lines().skip_while(|line| !line.starts_with(head)).skip(2);
    let rows = rows.take_while(|line| line.starts_with('|'));
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
    let table: Vec<Vec<String>> = rows.map(cells).collect();
    assert!(!table.is_empty(), "ARCHITECTURE.md has no table `{head}`");
    table
}

/// `scan/` and `logic.rs`, in backticks, as the room's name.
fn room_name(cell: &str) -> String {
    cell.trim_matches('`').trim_end_matches('/').trim_end_matches(".rs").to_owned()
}

fn rooms() -> BTreeMap<String, Room> {
    let row = |cells: Vec<String>| {
        let may: Vec<String> = cells[3].split(',').map(|name| name.trim().to_owned()).collect();
        let anything_below = cells[3] == "anything below";
        (room_name(&cells[1]), Room { floor: cells[0].parse().unwrap(), may, anything_below })
    };
    table("| floor | room |").into_iter().map(row).collect()
}

/// The Rust files of the library, without those that exist for tests alone: path from `src/` and text.
fn sources() -> Vec<(String, String)> {
    let mut sources = Vec::new();
    let mut left = vec![root().join("src")];
    let mut for_tests = BTreeSet::new();
    while let Some(directory) = left.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                left.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                for_tests.extend(test_modules(&path, &text));
                sources.push((path, text));
            }
        }
    }
    let is_for_tests =
        |path: &Path| path.ancestors().any(|above| for_tests.contains(&above.with_extension("")));
    let name = |path: &Path| path.strip_prefix(root().join("src")).unwrap().display().to_string();
    sources
        .iter()
        .filter(|(path, _)| !is_for_tests(path))
        .map(|(path, text)| (name(path), code(text)))
        .collect()
}

/// Modules of their own that are compiled for tests alone.
fn test_modules(path: &Path, text: &str) -> Vec<PathBuf> {
    let home = match path.file_stem().unwrap().to_str().unwrap() {
        "mod" | "lib" | "main" => path.parent().unwrap().to_path_buf(),
        _ => path.with_extension(""),
    };
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let after = lines.windows(2).filter(|pair| pair[0] == "#[cfg(test)]").map(|pair| pair[1]);
    let names = after.filter_map(|line| {
        let line = line.trim_start_matches("pub(crate) ").trim_start_matches("pub(super) ");
        line.strip_prefix("mod ")?.strip_suffix(';')
    });
    names.map(|name| home.join(name)).collect()
}

/// A file without its tests and comments.
fn code(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod ").enumerate().filter(|(index, part)| {
        *index == 0 || part.split_once('{').is_none_or(|(name, _)| name.contains(';'))
    });
    let code: Vec<&str> = code.map(|(_, part)| part).collect();
    let lines = code.concat();
    lines.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The names behind `crate::` in a text, groups included: `crate::{a::X, b}` gives `a` and `b`.
fn imported(text: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        let Some(group) = rest.strip_prefix('{') else {
            names.insert(word(rest));
            continue;
        };
        let mut depth = 0;
        let mut start = true;
        for (index, character) in group.char_indices() {
            match character {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => start = true,
                _ if start && !character.is_whitespace() => {
                    names.insert(word(&group[index..]));
                    start = false;
                }
                _ => {}
            }
        }
    }
    names
}

fn word(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

#[test]
fn rooms_import_only_what_the_plan_allows() {
    let rooms = rooms();
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let name = room_name(path.split('/').next().unwrap());
        if name == "lib" {
            continue;
        }
        let Some(room) = rooms.get(&name) else {
            wrong.push(format!("`{name}` has no row in the import table"));
            continue;
        };
        for other in imported(&text) {
            let Some(below) = rooms.get(&other).filter(|_| other != name) else { continue };
            let allowed = room.may.contains(&other) || room.anything_below;
            if !allowed || below.floor >= room.floor {
                wrong.push(format!(
                    "src/{path} imports `{other}`, which the import table does not list for `{name}`"
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn rows_point_down_and_every_room_exists() {
    let rooms = rooms();
    for (name, room) in &rooms {
        let exists =
            [format!("src/{name}.rs"), format!("src/{name}")].iter().any(|path| root().join(path).exists());
        assert!(exists, "`{name}` is in the import table and not in src/");
        for other in room.may.iter().filter(|other| !room.anything_below && *other != "nothing") {
            let below =
                rooms.get(other).unwrap_or_else(|| panic!("`{name}` may import `{other}`, which has no row"));
            assert!(below.floor < room.floor, "`{name}` may not import `{other}`: it is not below");
        }
    }
}

#[test]
fn crates_stay_behind_their_fences() {
    let mut wrong = Vec::new();
    for cells in table("| crate | only in |") {
        let krate = cells[0].trim_matches('`').replace('-', "_");
        let allowed: Vec<String> =
            cells[1].split(',').map(|place| place.trim().trim_matches('`').to_owned()).collect();
        for (path, text) in sources() {
            let is_home = allowed.iter().any(|place| path.starts_with(place.as_str()));
            if !is_home && text.contains(&format!("{krate}::")) {
                wrong.push(format!("src/{path} uses `{krate}`, which belongs to {}", cells[1]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn imports_are_found_in_every_form() {
    let text = "use crate::finding::Finding;\nuse crate::{source::{Span, Problem}, value::Value, key};\nlet x = crate::logic::f();";
    let names: Vec<String> = imported(text).into_iter().collect();
    assert_eq!(names, ["finding", "key", "logic", "source", "value"]);
    let text = "use crate::a;\n#[cfg(test)]\nmod tests {\n use crate::b;\n}\n";
    assert_eq!(imported(&code(text)).into_iter().collect::<Vec<_>>(), ["a"]);
}
