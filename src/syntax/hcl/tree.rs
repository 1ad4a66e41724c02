//! The tree that HCL is parsed into.

use crate::source::Span;
use crate::value::Text;
use std::sync::Arc;

/// What stands between braces, or a whole file.
#[derive(Clone, Debug)]
pub struct Body {
    /// Arguments in order; the same name may stand twice (a problem was reported).
    pub attributes: Vec<Attribute>,
    /// Nested blocks in order.
    pub blocks: Vec<Block>,
    /// From the first to the last character, braces included.
    pub span: Span,
    /// Whether a mistake may have cost arguments or blocks (a problem was reported): what is not here may have been
    /// written.
    pub broken: bool,
}

/// `name = value`.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// The name.
    pub name: Ident,
    /// The expression.
    pub value: Expr,
}

/// `kind "label" { … }`.
#[derive(Clone, Debug)]
pub struct Block {
    /// The block's type.
    pub kind: Ident,
    /// Its labels, quoted or not.
    pub labels: Vec<Ident>,
    /// Its contents.
    pub body: Body,
    /// The type and labels, without the brace.
    pub header: Span,
}

/// A name; for quoted labels the decoded text and the span with quotes.
#[derive(Clone, Debug)]
pub struct Ident {
    /// Its characters.
    pub text: Arc<str>,
    /// Its place.
    pub span: Span,
}

/// An expression and its place.
#[derive(Clone, Debug)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Its place.
    pub span: Span,
}

/// What an expression is.
#[derive(Clone, Debug)]
pub enum ExprKind {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A number as written.
    Number(Arc<str>),
    /// A quoted string or heredoc.
    Template(Template),
    /// `[a, b]`.
    Tuple(Vec<Expr>),
    /// `{a = b}`.
    Object(Vec<ObjectItem>),
    /// A name that starts a reference: `var`, `local`, `aws_kms_key`, `each`, a `for` variable.
    Variable(Arc<str>),
    /// `a.b`.
    Attr(Box<Expr>, Ident),
    /// `a[b]`; `a.0` has a number literal as index.
    Index(Box<Expr>, Box<Expr>),
    /// `a.*.b` and `a[*].b`.
    Splat(Box<Splat>),
    /// `f(a, b...)`.
    Call(Box<Call>),
    /// `!a`, `-a`.
    Unary(Operator, Box<Expr>),
    /// `a + b`; the span is the operator's.
    Binary(Operator, Span, Box<Expr>, Box<Expr>),
    /// `a ? b : c`.
    Conditional(Box<Expr>, Box<Expr>, Box<Expr>),
    /// `[for …]`, `{for …}`.
    For(Box<For>),
    /// `(a)`.
    Paren(Box<Expr>),
    /// Could not be parsed; a problem was reported.
    Invalid,
}

/// One `key = value` of an object.
#[derive(Clone, Debug)]
pub struct ObjectItem {
    /// The key.
    pub key: ObjectKey,
    /// The value.
    pub value: Expr,
}

/// The key of an object's item.
#[derive(Clone, Debug)]
pub enum ObjectKey {
    /// A bare name, which stands for itself.
    Name(Ident),
    /// Any other expression: `"a"`, `(var.x)`, `"${x}y"`.
    Expr(Expr),
}

/// `source.*.each` or `source[*].each`.
#[derive(Clone, Debug)]
pub struct Splat {
    /// The sequence.
    pub source: Expr,
    /// What is taken of each element.
    pub each: Vec<Traverse>,
    /// Whether it is written `.*`.
    pub legacy: bool,
}

/// One step of a traversal after a splat.
#[derive(Clone, Debug)]
pub enum Traverse {
    /// `.name`.
    Attr(Ident),
    /// `[index]` or `.0`.
    Index(Expr),
    /// `[*]` or `.*` after `a[*].b`: these steps are taken of each element of what has been reached so far.
    Splat(Vec<Traverse>),
}

/// `name(args)`.
#[derive(Clone, Debug)]
pub struct Call {
    /// The function's name, with namespaces: `provider::aws::arn_parse`.
    pub name: Ident,
    /// The arguments.
    pub args: Vec<Expr>,
    /// Whether the last argument is expanded with `...`.
    pub expand: bool,
}

/// A unary or binary operator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    And,
    Or,
    Not,
    Negate,
}

/// `for k, v in source : key => value... if condition`.
#[derive(Clone, Debug)]
pub struct For {
    /// The first name when there are two.
    pub key_name: Option<Ident>,
    /// The name of the value.
    pub value_name: Ident,
    /// What is walked.
    pub source: Expr,
    /// The key expression: present in `{for}` alone.
    pub key: Option<Expr>,
    /// The value expression.
    pub value: Expr,
    /// Whether values are grouped with `...`.
    pub group: bool,
    /// The filter.
    pub condition: Option<Expr>,
}

/// A template: literal text, interpolations and directives. `~` strip marks and the indentation of `<<-` are already
/// worked into the literals.
#[derive(Clone, Debug)]
pub struct Template {
    /// Its parts in order.
    pub parts: Vec<Part>,
    /// Whether it is a heredoc.
    pub heredoc: bool,
}

/// A part of a [`Template`].
#[derive(Clone, Debug)]
pub enum Part {
    /// Characters, decoded, with their places.
    Literal(Text),
    /// `${…}`.
    Interpolation(Expr),
    /// `%{ if c }…%{ else }…%{ endif }`.
    If {
        /// The condition.
        condition: Expr,
        /// The parts when it holds.
        then: Vec<Part>,
        /// The parts when not.
        otherwise: Vec<Part>,
    },
    /// `%{ for k, v in s }…%{ endfor }`.
    For {
        /// The first name when there are two.
        key_name: Option<Ident>,
        /// The name of the value.
        value_name: Ident,
        /// What is walked.
        source: Expr,
        /// The repeated parts.
        body: Vec<Part>,
    },
}

impl Body {
    /// Nothing yet, whole.
    pub fn empty(span: Span) -> Self {
        Self { attributes: Vec::new(), blocks: Vec::new(), span, broken: false }
    }

    /// The argument of a name; the first where it stands twice.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| &*attribute.name.text == name)
    }

    /// The nested blocks of a type, in order.
    pub fn blocks_of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Block> {
        self.blocks.iter().filter(move |block| &*block.kind.text == kind)
    }
}
