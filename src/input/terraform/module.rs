//! A module: the declarations of one directory, found by name.
//!
//! Blocks are indexed, not evaluated; block types that declare nothing for us (`moved`, `import`, `check`, …) are
//! read without complaint. Override files replace argument by argument, in name order (Terraform docs, "Override
//! files"). What is easy to get wrong: in an override a nested block replaces all nested blocks of its type.

use super::session::Directory;
use crate::source::{Problem, ProblemKind, Remark, Span};
use crate::syntax::hcl::{Attribute, Block, Ident};
use indexmap::IndexMap;
use std::sync::Arc;

/// The declarations of one directory.
#[derive(Debug, Default)]
pub(super) struct Module {
    /// Its directory, from the root of the disk.
    pub dir: String,
    /// `variable` blocks.
    pub variables: Table,
    /// The arguments of `locals` blocks.
    pub locals: IndexMap<Arc<str>, Local>,
    /// `output` blocks.
    pub outputs: Table,
    /// `module` blocks.
    pub calls: Table,
    /// `resource`, `data` and `ephemeral` blocks by address: `aws_kms_key.k`, `data.aws_region.here`.
    pub resources: Table,
    /// `provider` blocks by `name` or `name.alias`.
    pub providers: Table,
    /// `moved` blocks.
    pub moved: Vec<Arc<Block>>,
    /// The start of its first file.
    pub start: Option<Span>,
    /// Comments of its files.
    pub comments: Vec<Span>,
    /// Comments of its JSON files.
    pub remarks: Vec<Remark>,
    /// Mistakes found while reading.
    pub problems: Vec<Problem>,
    /// What is declared again, by the place of its first declaration, which holds: told when somebody asks for it, since
    /// a directory of snippets declares much twice that nobody asks for.
    pub again: Vec<(Span, Problem)>,
    /// Whether it is a model of a module that is not here.
    pub modelled: bool,
}

/// Blocks by name.
pub(super) type Table = IndexMap<Arc<str>, Arc<Block>>;

/// One argument of a `locals` block.
#[derive(Debug)]
pub(super) struct Local {
    block: Arc<Block>,
    at: usize,
}

impl Local {
    /// The argument.
    pub(super) fn attribute(&self) -> Option<&Attribute> {
        self.block.body.attributes.get(self.at)
    }
}

impl Module {
    /// Indexes the parsed files of a directory.
    pub(super) fn read(directory: &Directory) -> Self {
        let mut module = Self { dir: directory.path.clone(), start: directory.start(), ..Self::default() };
        module.problems.extend_from_slice(directory.problems());
        for file in directory.parsed() {
            module.comments.extend_from_slice(&file.comments);
            module.remarks.extend_from_slice(&file.remarks);
            module.problems.extend_from_slice(&file.problems);
            for block in &file.blocks {
                module.add(block, file.overrides);
            }
        }
        module
    }

    fn add(&mut self, block: &Arc<Block>, overrides: bool) {
        if &*block.kind.text == "locals" {
            self.add_locals(block, overrides);
            return;
        }
        if &*block.kind.text == "moved" {
            self.moved.push(Arc::clone(block));
            return;
        }
        let Some(name) = name_of(block) else { return };
        let table = match &*block.kind.text {
            "variable" => &mut self.variables,
            "output" => &mut self.outputs,
            "module" => &mut self.calls,
            "resource" | "data" | "ephemeral" => &mut self.resources,
            "provider" => &mut self.providers,
            _ => return,
        };
        let Some(first) = table.get_mut(&name) else {
            table.insert(name, Arc::clone(block));
            return;
        };
        if overrides {
            *first = Arc::new(merged(first, block));
        } else {
            let first = first.header;
            self.again.push((first, twice(&name, block.header, first)));
        }
    }

    fn add_locals(&mut self, block: &Arc<Block>, overrides: bool) {
        for (at, attribute) in block.body.attributes.iter().enumerate() {
            let local = Local { block: Arc::clone(block), at };
            let name = &attribute.name.text;
            let first = self.locals.get(name).and_then(Local::attribute).map(|first| first.name.span);
            match first {
                Some(first) if !overrides => {
                    let problem = twice(&format!("local.{name}"), attribute.name.span, first);
                    self.again.push((first, problem));
                }
                _ => drop(self.locals.insert(Arc::clone(name), local)),
            }
        }
    }
}

fn twice(name: &str, again: Span, first: Span) -> Problem {
    Problem::new(ProblemKind::Evaluation, again, format!("`{name}` is declared twice in this module"))
        .label(first, "first declared here")
        .help("rename or remove one of the two")
}

/// The name under which a block is found in its table.
fn name_of(block: &Block) -> Option<Arc<str>> {
    let label = |at: usize| block.labels.get(at).map(|label| &label.text);
    Some(match &*block.kind.text {
        "resource" => format!("{}.{}", label(0)?, label(1)?).into(),
        kind @ ("data" | "ephemeral") => format!("{kind}.{}.{}", label(0)?, label(1)?).into(),
        "provider" => {
            match block.body.attribute("alias").and_then(|alias| super::session::literal(&alias.value)) {
                Some(alias) => format!("{}.{alias}", label(0)?).into(),
                None => Arc::clone(label(0)?),
            }
        }
        _ => Arc::clone(label(0)?),
    })
}

/// `base` with the arguments and nested blocks of `over` in place of its own.
fn merged(base: &Block, over: &Block) -> Block {
    let mut block = base.clone();
    block.body.broken |= over.body.broken;
    for attribute in &over.body.attributes {
        block.body.attributes.retain(|own| own.name.text != attribute.name.text);
        block.body.attributes.push(attribute.clone());
    }
    let replaced = |own: &Block| over.body.blocks.iter().any(|new| block_type(new) == block_type(own));
    block.body.blocks.retain(|own| !replaced(own));
    block.body.blocks.extend(over.body.blocks.iter().cloned());
    block
}

/// A nested block's type; that of its contents for `dynamic`.
fn block_type(block: &Block) -> &str {
    match (&*block.kind.text, block.labels.first()) {
        ("dynamic", Some(Ident { text, .. })) => text,
        (kind, _) => kind,
    }
}

#[cfg(test)]
mod tests {
    use super::super::session::Session;
    use crate::source::Disk;
    use std::sync::Arc;

    #[test]
    fn overrides_replace_argument_by_argument() {
        let disk = Disk::memory(
            [
                ("a.tf", "resource \"aws_kms_key\" \"k\" {\n  a = 1\n  b = 2\n}\nlocals { x = 1 }\n"),
                ("z_override.tf", "resource \"aws_kms_key\" \"k\" {\n  b = 3\n}\nlocals { x = 2 }\n"),
            ],
            Arc::default(),
        );
        let session = Session::new(&disk);
        let module = session.module("").unwrap();
        let block = &module.resources["aws_kms_key.k"];
        let text = |name: &str| disk.map().slice(block.body.attribute(name).unwrap().value.span);
        assert_eq!((text("a"), text("b")), ("1".to_owned(), "3".to_owned()));
        assert_eq!(disk.map().slice(module.locals["x"].attribute().unwrap().value.span), "2");
        assert!(module.problems.is_empty());
    }

    #[test]
    fn a_second_declaration_is_a_problem_and_the_first_holds() {
        let text = "variable \"a\" {}\nvariable \"a\" {}\nmoved {\n  from = a.b\n  to = a.c\n}\n";
        let disk = Disk::memory([("a.tf", text)], Arc::default());
        let module = Session::new(&disk).module("").unwrap();
        assert_eq!((module.problems.len(), module.again.len()), (0, 1));
        assert_eq!(module.variables.len(), 1);
    }
}
